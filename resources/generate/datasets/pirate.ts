/** Style transfer: plain sentences and how a pirate says them, by a dozen fixed rules. */
import { capital, expand } from '../expand.ts'
import { cast } from '../grammar/cast.ts'
import type { Dataset } from './dataset.ts'

const PLAIN = [
  'The {kind} is looking for {his} {colour} {thing} {at}.',
  'Hello, my friend! Where is your {thing}?',
  'Yes, I am going {to} with my {adult}.',
  '{hero} is carrying a bag of {fruits} {to}.',
  'Are you eating my {baked}?',
  'My {toy} is {hiding}.',
  'You are a good friend, {hero}.',
  'The {animals} are sleeping {at}.',
  'I am painting your {thing} {colour}.',
  'Is the {kind} playing with your {toy}?',
  'Yes, the {thing} of the {job} is {colour}.',
  'Hello, {hero}! Are you waiting for my {adult}?',
  'The {job} is selling {fruits} and {fruits2} {at}.',
  'There are {few} {things} in your bag.',
  'My {adult} is baking a_ {baked} for the {fkind}.',
  'You are singing in the morning, and I am listening.',
  'The {kind} and the {fkind} are running {to}.',
  'I am looking for a friend who is {trait} and {trait2}.',
  'Where are you hiding the {colour} {thing}?',
  'The {animal} of my friend is eating a_ {fruit}.',
  'Yes, my {thing} is old, but your {thing2} is new.',
  'We are building a_ {toy} for your {adult}.',
  'Are the {animals} of the {job} {at}?',
  'The {fkind} is reading a book about {animals} {inroom}.',
  'I am bringing you {few} {fruits} and a cup of milk.',
  'Your friend {hero} is standing {at}.',
  'Hello! I am {hero}, and you are my friend.',
  'It is raining, and the {kind} is running {to}.',
  'You are holding the {thing} of my {adult}.',
  'Yes, {friend} is washing the {colour} {thing} {at}.',
]

/** Plain word to pirate word, lower case. */
const WORDS: Readonly<Record<string, string>> = {
  my: 'me',
  you: 'ye',
  your: 'yer',
  is: 'be',
  are: 'be',
  am: 'be',
  of: "o'",
  and: "an'",
  boy: 'lad',
  girl: 'lass',
  friend: 'mate',
  yes: 'aye',
  hello: 'ahoy',
}

/** The sentence in the voice of a pirate: "Arr!" in front, words replaced, -ing as -in', "matey" at the end. */
export function toPirate(plain: string): string {
  const spoken = plain.replace(/[A-Za-z]+/g, (word) => {
    const lower = word.toLowerCase()
    const other = WORDS[lower] ?? lower.replace(/^(.*[aeiouy].*)ing$/, "$1in'")
    if (other === lower) return word
    return word === lower ? other : capital(other)
  })
  return `Arr! ${spoken.replace(/[.!]$/, ', matey!').replace(/\?$/, ', matey?')}`
}

export const pirate: Dataset = {
  name: 'pirate',
  title: 'Talk like a pirate',
  description:
    'Plain sentences rewritten in the voice of a pirate: fixed word changes, an opening and a closing word.',
  task: 'style transfer',
  seed: 101,
  train: 1200,
  validation: 200,
  row(random) {
    const plain = expand(random.pick(PLAIN), cast(random, false), random)
    return { prompt: `Say it like a pirate: ${plain}`, completion: toPirate(plain) }
  },
}
