/** Lists: shopping, packing, names of things, and steps in order. */
import { article, capital, expand, joinWords } from '../expand.ts'
import type { Random } from '../random.ts'
import { chat } from './chat.ts'
import {
  ANIMALS,
  BAKED,
  BOYS,
  CLOTHES,
  COLOURS,
  counted,
  FRUITS,
  GIRLS,
  JOBS,
  type Noun,
  NUMBER_WORDS,
  PLANTS,
  THINGS,
  TOYS,
} from './lexicon.ts'

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['animals', ANIMALS.map(([one]) => one)],
  ['fruits', FRUITS.map(([one]) => one)],
  ['colours', COLOURS],
  ['toys', TOYS.map(([one]) => one)],
  ['jobs', JOBS],
  ['things to wear', CLOTHES.map(([one]) => one)],
  ['things that you can bake', BAKED.map(([one]) => one)],
  ['plants or parts of plants', PLANTS.map(([one]) => one)],
]

/** How to do something, step by step: the first line names it. */
const STEPS: readonly (readonly [string, ...string[]])[] = [
  [
    'make tea',
    'Boil some water.',
    'Put the tea into a cup.',
    'Pour the hot water into the cup.',
    'Wait for three minutes.',
    'Drink it slowly.',
  ],
  [
    'wash your hands',
    'Turn on the water.',
    'Take some soap.',
    'Rub your hands together.',
    'Wash off the soap.',
    'Dry your hands.',
  ],
  [
    'plant a seed',
    'Make a small hole in the earth.',
    'Put the seed into the hole.',
    'Cover it with earth.',
    'Give it some water.',
    'Wait for the sun to help.',
  ],
  [
    'make a sandwich',
    'Take two pieces of bread.',
    'Put butter on the bread.',
    'Add some cheese.',
    'Put the two pieces together.',
    'Cut it in half.',
  ],
  [
    'go to bed',
    'Brush your teeth.',
    'Put on your night clothes.',
    'Read a story.',
    'Turn off the light.',
    'Close your eyes.',
  ],
  [
    'write a letter',
    'Take paper and a pencil.',
    'Write the name of your friend.',
    'Tell your news.',
    'Write your own name at the end.',
    'Send the letter.',
  ],
  [
    'clean your room',
    'Pick up the toys.',
    'Put the books on the shelf.',
    'Make the bed.',
    'Open the window.',
    'Sweep the floor.',
  ],
  [
    'make a kite',
    'Take two thin sticks.',
    'Tie them into a cross.',
    'Put paper over the sticks.',
    'Add a long tail.',
    'Wait for the wind.',
  ],
  [
    'wash a dog',
    'Fill a tub with warm water.',
    'Put the dog into the tub.',
    'Use a little soap.',
    'Wash off the soap.',
    'Dry the dog with a towel.',
  ],
  [
    'bake bread',
    'Mix flour, water and salt.',
    'Work the dough with your hands.',
    'Let it rest for an hour.',
    'Put it into the oven.',
    'Let the bread cool down.',
  ],
  [
    'cross a road',
    'Stop at the side of the road.',
    'Look left and right.',
    'Listen for cars.',
    'Walk when the road is clear.',
  ],
  [
    'paint a fence',
    'Clean the fence.',
    'Stir the paint.',
    'Paint from the top down.',
    'Wait until it is dry.',
    'Paint it a second time.',
  ],
  [
    'make a salad',
    'Wash the leaves.',
    'Cut a tomato.',
    'Put everything into a bowl.',
    'Add oil and salt.',
    'Mix it well.',
  ],
  [
    'find a lost thing',
    'Think about where you had it last.',
    'Go back to that place.',
    'Look under and behind things.',
    'Ask the others for help.',
    'Do not give up.',
  ],
]
const ORDER = ['First', 'Then', 'Next', 'After that', 'Last']

const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')
const numbers = (items: readonly string[]): string => items.map((item, i) => `${i + 1}. ${item}`).join('\n')

function shopping(random: Random): string {
  const name = random.pick([...BOYS, ...GIRLS])
  const items = random
    .sample<Noun>([...FRUITS, ...BAKED, ...THINGS], random.between(3, 6))
    .map((noun) => counted(random.between(1, 9), noun))
  const heading = random.pick([
    `Shopping list for ${name}:`,
    `${name} wants to buy:`,
    `Things to bring from the market:`,
    `${name} has this list for the shop:`,
  ])
  if (random.chance(0.3)) return `${name} goes to the shop and buys ${joinWords(items)}.`
  return `${heading}\n${bullets(items)}`
}

function packing(random: Random): string {
  const items = random.sample<Noun>([...CLOTHES, ...THINGS, ...TOYS], random.between(3, 6))
  const listed = items.map(([one]) => article(`${random.pick([...COLOURS, 'small', 'new', 'old'])} ${one}`))
  const place = random.pick([
    'the beach',
    'the lake',
    'the mountain',
    'school',
    'the farm',
    'the forest',
    'a long trip',
  ])
  const heading = random.pick([
    `What we need for ${place}:`,
    `Pack these things for ${place}:`,
    `In the bag for ${place}:`,
  ])
  return `${heading}\n${bullets(listed)}`
}

function naming(random: Random): string {
  const [title, words] = random.pick(GROUPS)
  const count = random.between(2, 5)
  const chosen = random.sample(words, count)
  const request = expand(
    `[Name|List|Tell me|Write down|Can you name] ${NUMBER_WORDS[count]} ${title}`,
    {},
    random,
  )
  const mark = request.startsWith('Can') ? '?' : '.'
  const answer = random.pick([numbers(chosen), bullets(chosen), `${capital(joinWords(chosen))}.`])
  return chat(random, [request + mark, answer])
}

function steps(random: Random): string {
  const [task, ...list] = random.pick(STEPS)
  const told = list.map((step, i) => {
    const lead = i === list.length - 1 ? 'Last' : ORDER[Math.min(i, 3)]!
    return `${lead}, ${step.charAt(0).toLowerCase()}${step.slice(1)}`
  })
  const body = random.pick([numbers(list), numbers(list), told.join(' ')])
  if (random.chance(0.5)) return `How to ${task}:\n${body}`
  return chat(random, [
    random.pick([`How do I ${task}?`, `How can I ${task}?`, `Tell me how to ${task}.`]),
    body,
  ])
}

/** A list document of any kind. */
export function list(random: Random): string {
  return random.weighted([
    [3, shopping],
    [2, packing],
    [3, naming],
    [2, steps],
  ] as const)(random)
}
