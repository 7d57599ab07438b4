/** All story plots, and the forms in which a story becomes a document. */
import { capital, expand, finish, type Slots } from '../expand.ts'
import type { Random } from '../random.ts'
import { cast } from './cast.ts'
import { chat } from './chat.ts'
import type { Plot } from './plot.ts'
import { ADVENTURES } from './stories-adventures.ts'
import { DAILY } from './stories-daily.ts'
import { FINDING } from './stories-finding.ts'
import { HELPING } from './stories-helping.ts'
import { MAKING } from './stories-making.ts'

export const PLOTS: readonly Plot[] = [...FINDING, ...HELPING, ...MAKING, ...ADVENTURES, ...DAILY]

/** Questions that every story can answer. */
const COMMON: Plot['questions'] = [['Who is the story about?', 'The story is about {hero}.']]

const REQUESTS =
  '[Tell me a story about a_ {kind} named {hero}.|Please tell me a short story.|Write a story about {hero} the {kind}.|Tell me a story with a_ {kind} in it.|I would like to hear a story.|Write a short story called "{title}".]'

/** A story as plain text, with a title now and then. */
export function story(random: Random): string {
  const { plot, slots, text } = tell(random)
  return random.chance(0.2) ? `${title(plot, slots, random)}\n${text}` : text
}

/** A story that was asked for in a chat. */
export function storyChat(random: Random): string {
  const { plot, slots, text } = tell(random)
  const request = expand(REQUESTS, { ...slots, title: title(plot, slots, random) }, random)
  return chat(random, [request, text])
}

/** A story followed by questions with their answers, as plain text or as a chat. */
export function storyQuestions(random: Random): string {
  const { plot, slots, text } = tell(random)
  const pairs = random
    .sample(
      [...plot.questions, ...(plot.questions[0]![1].includes('{hero}') ? COMMON : [])],
      random.between(1, 3),
    )
    .map(([question, answer]) => [expand(question, slots, random), expand(answer, slots, random)] as const)
  if (random.chance(0.5)) {
    return `${text}\n${pairs.map(([question, answer]) => `Question: ${question}\nAnswer: ${answer}`).join('\n')}`
  }
  const [first, ...rest] = pairs
  return chat(random, [`${text} ${first![0]}`, first![1], ...rest.flat()])
}

function tell(random: Random): { plot: Plot; slots: Slots; text: string } {
  const plot = random.pick(PLOTS)
  const slots = cast(random)
  return { plot, slots, text: expand(plot.text, slots, random) }
}

function title(plot: Plot, slots: Slots, random: Random): string {
  const small = new Set(['a', 'an', 'the', 'in', 'of', 'for', 'to', 'and', 'at', 'is', 'who'])
  return finish(expand(plot.title, slots, random))
    .split(' ')
    .map((word, i) => (i > 0 && small.has(word.toLowerCase()) ? word.toLowerCase() : capital(word)))
    .join(' ')
}
