/** Small tasks with their answers, in chat form: reverse, sort, pick, count, change the tense, name the colour. */
import { finish, joinWords } from '../expand.ts'
import type { Random } from '../random.ts'
import { chat } from './chat.ts'
import {
  ANIMALS,
  BAKED,
  COLOURS,
  FRUITS,
  JOBS,
  NUMBER_WORDS,
  OPPOSITES,
  PETS,
  THINGS,
  TOYS,
} from './lexicon.ts'
import { sentence } from './sentences.ts'

type Pair = readonly [request: string, answer: string]
type Task = (random: Random) => Pair

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['an animal', ANIMALS.map(([one]) => one)],
  ['a fruit', FRUITS.map(([one]) => one).filter((fruit) => fruit !== 'orange')],
  ['a colour', COLOURS.filter((colour) => colour !== 'orange')],
  ['a job', JOBS],
  ['a toy', TOYS.map(([one]) => one)],
]
const WORDS = [
  ...new Set(
    GROUPS.flatMap(([, words]) => words).concat(
      THINGS.map(([one]) => one),
      PETS,
      BAKED.map(([one]) => one),
    ),
  ),
].filter((word) => /^[a-z]+$/.test(word))

const someNumbers = (random: Random): number[] =>
  random.sample(
    Array.from({ length: 20 }, (_, i) => i + 1),
    random.between(3, 5),
  )

const TASKS: readonly Task[] = [
  (r) => {
    const words = r.sample(WORDS, r.between(3, 5))
    return [
      `${r.pick(['Reverse this list', 'Write this list backwards', 'Turn this list around'])}: ${words.join(', ')}`,
      words.toReversed().join(', '),
    ]
  },
  (r) => {
    const numbers = someNumbers(r)
    return [
      `${r.pick(['Which number is the largest', 'Pick the largest number', 'Find the biggest number'])}: ${numbers.join(', ')}`,
      `The largest number is ${Math.max(...numbers)}.`,
    ]
  },
  (r) => {
    const numbers = someNumbers(r)
    return [
      `${r.pick(['Which number is the smallest', 'Pick the smallest number'])}: ${numbers.join(', ')}`,
      `The smallest number is ${Math.min(...numbers)}.`,
    ]
  },
  (r) => {
    const numbers = someNumbers(r)
    return [
      `${r.pick(['Sort these numbers', 'Put these numbers in order'])}: ${numbers.join(', ')}`,
      numbers.toSorted((a, b) => a - b).join(', '),
    ]
  },
  (r) => {
    const s = sentence(r)
    return [
      `${r.pick(['Which colour is named here?', 'Name the colour in this sentence.', 'Find the colour.'])} ${s.text('present')}`,
      `The colour is ${s.colour}.`,
    ]
  },
  (r) => {
    const s = sentence(r)
    return [
      `${r.pick(['Make this sentence past tense:', 'Write this as if it were yesterday:', 'Put this into the past:'])} ${s.text('present')}`,
      s.text('past'),
    ]
  },
  (r) => {
    const s = sentence(r)
    return [
      `${r.pick(['Make this sentence future tense:', 'Write this as if it were tomorrow:'])} ${s.text('present')}`,
      s.text('future'),
    ]
  },
  (r) => {
    const s = sentence(r)
    return [
      `${r.pick(['Say that it is happening now:', 'Write what is happening now:'])} ${s.text('past')}`,
      s.text('doing'),
    ]
  },
  (r) => {
    const s = sentence(r)
    const text = s.text(r.pick(['present', 'past']))
    return [`${r.pick(['Repeat this sentence:', 'Say this again:', 'Copy this:'])} ${text}`, text]
  },
  (r) => {
    const s = sentence(r)
    const words = s.text('past').slice(0, -1).split(' ')
    const count = r.between(3, words.length)
    const part = words.slice(0, count).join(' ')
    return [
      `${r.pick(['How many words are there', 'Count the words'])}: ${part}`,
      `There are ${NUMBER_WORDS[count]} words.`,
    ]
  },
  (r) => {
    const s = sentence(r)
    return r.pick<Pair>([
      [`${s.text('past')} Who ${s.verb[2]} the ${s.noun[0]}?`, `${s.name} ${s.verb[2]} the ${s.noun[0]}.`],
      [`${s.text('past')} Where did this happen?`, `It happened ${s.at}.`],
      [
        `${s.text('past')} What did ${s.name} ${s.verb[0]}?`,
        finish(`${s.name} ${s.verb[2]} a_ ${s.colour} ${s.noun[0]}.`),
      ],
      [`${s.text('past')} What colour was the ${s.noun[0]}?`, `The ${s.noun[0]} was ${s.colour}.`],
    ])
  },
  (r) => {
    const words = r.sample(WORDS, r.between(3, 5))
    const [asked, answer] = r.pick([
      ['first', words[0]!],
      ['last', words[words.length - 1]!],
      ['second', words[1]!],
    ] as const)
    return [
      `${r.pick([`What is the ${asked} word?`, `Name the ${asked} word.`])} ${words.join(', ')}`,
      `The ${asked} word is ${answer}.`,
    ]
  },
  (r) => {
    const [group, other] = r.sample(GROUPS, 2) as [(typeof GROUPS)[number], (typeof GROUPS)[number]]
    const odd = r.pick(other[1])
    const words = r.shuffle([...r.sample(group[1], 3), odd])
    return [
      `${r.pick(['Which word does not fit?', 'Find the odd one out.'])} ${words.join(', ')}`,
      `The word ${odd} does not fit. It is ${other[0]}.`,
    ]
  },
  (r) => {
    const pair = r.pick(OPPOSITES.filter(([a]) => a !== 'day' && a !== 'up' && a !== 'dark'))
    const what = r.pick(THINGS)[0]
    return [`Say the opposite: The ${what} is ${pair[0]}.`, `The ${what} is ${pair[1]}.`]
  },
  (r) => {
    const word = r.pick(WORDS)
    return [
      `${r.pick(['Spell the word', 'How do you spell the word'])} ${word}.`.replace(/^(How.*)\.$/, '$1?'),
      [...word].join('-'),
    ]
  },
  (r) => {
    const words = r.sample(WORDS, r.between(3, 4))
    return [`Join these words with "and": ${words.join(', ')}`, joinWords(words)]
  },
  (r) => {
    const word = r.pick(WORDS)
    const letter = word.charAt(0)
    return [
      r.pick([
        `What is the first letter of the word ${word}?`,
        `With which letter does the word ${word} begin?`,
      ]),
      `The first letter is ${letter}.`,
    ]
  },
  (r) => {
    const [one, many] = r.pick([...THINGS, ...FRUITS, ...TOYS])
    const count = r.between(2, 9)
    return [`Make it ${NUMBER_WORDS[count]}: one ${one}`, `${NUMBER_WORDS[count]} ${many}`]
  },
  (r) => {
    const words = r.sample(WORDS, 3)
    return [
      `Use these words in a list of sentences: ${words.join(', ')}`,
      words.map((word) => finish(`I see a_ ${word}.`)).join(' '),
    ]
  },
  (r) => {
    const a = sentence(r)
    const name = a.he === 'he' ? 'He' : 'She'
    return [`Say it without the name: ${a.text('past')}`, a.text('past').replace(a.name, name)]
  },
  (r) => {
    const [group, words] = r.pick(GROUPS.filter(([name]) => name !== 'a colour'))
    const word = r.pick(words)
    return [finish(`What is a_ ${word}?`), finish(`a_ ${word} is ${group}.`)]
  },
]

/** One to three tasks with their answers. */
export function instruction(random: Random): string {
  const pairs = Array.from(
    {
      length: random.weighted([
        [5, 1],
        [3, 2],
        [1, 3],
      ] as const),
    },
    () => random.pick(TASKS)(random),
  )
  return chat(random, pairs.flat())
}
