/** The pre-training corpus of the built-in model: a stream of generated documents, the same for the same seed. */
import { arithmetic } from './grammar/arithmetic.ts'
import { description, dialogue, letter, smallTalk } from './grammar/everyday.ts'
import { factDocument, groupDocument } from './grammar/facts.ts'
import { feelingDocument } from './grammar/feelings.ts'
import { instruction } from './grammar/instructions.ts'
import { list } from './grammar/lists.ts'
import { story, storyChat, storyQuestions } from './grammar/stories.ts'
import { chainStory } from './grammar/stories-chains.ts'
import { Random } from './random.ts'

/** How often each kind of document occurs, in parts of the whole. */
export const KINDS: readonly (readonly [weight: number, make: (random: Random) => string])[] = [
  [22, story],
  [10, chainStory],
  [8, storyChat],
  [12, storyQuestions],
  [6, factDocument],
  [1, groupDocument],
  [10, arithmetic],
  [6, list],
  [5, description],
  [5, dialogue],
  [4, letter],
  [3, smallTalk],
  [3, feelingDocument],
  [16, instruction],
]

/** `count` documents; document i depends on the seed and on i alone. Special tokens mark the turns of chats. */
export function* corpus(seed: number, count: number): Generator<string> {
  const random = new Random(seed)
  for (let i = 0; i < count; i++) {
    const own = random.fork()
    yield own.weighted(KINDS)(own)
  }
}
