/** Small sums in digits and in words; every result follows from its numbers. */
import { expand } from '../expand.ts'
import type { Random } from '../random.ts'
import { chat } from './chat.ts'
import {
  BOYS,
  counted,
  FRUITS,
  GIRLS,
  type Noun,
  NUMBER_WORDS,
  OUTDOORS,
  PETS,
  THINGS,
  TOYS,
} from './lexicon.ts'

type Pair = readonly [question: string, answer: string]

const word = (n: number): string => NUMBER_WORDS[n]!

/** A bare sum, as "3 + 4 = 7" or as a sentence in words. */
function sum(random: Random): Pair {
  const kind = random.pick(['plus', 'plus', 'minus', 'minus', 'times'] as const)
  const limit = kind === 'times' ? 4 : 10
  let a = random.between(kind === 'times' ? 1 : 0, limit)
  let b = random.between(kind === 'times' ? 1 : 0, kind === 'times' ? 5 : 10)
  if (kind === 'minus' && b > a) [a, b] = [b, a]
  const result = kind === 'plus' ? a + b : kind === 'minus' ? a - b : a * b
  const sign = { plus: '+', minus: '-', times: 'x' }[kind]
  if (random.chance(0.5)) {
    return [
      random.pick([`What is ${a} ${sign} ${b}?`, `${a} ${sign} ${b} = ?`]),
      `${a} ${sign} ${b} = ${result}`,
    ]
  }
  const [first, second] = [word(a), word(b)]
  return [
    random.pick([`What is ${first} ${kind} ${second}?`, `How much is ${first} ${kind} ${second}?`]),
    expand(`${first} ${kind} ${second} is ${word(result)}.`, {}, random),
  ]
}

/** A person has some things, gets or gives some, and has the rest. */
function countStory(random: Random): Pair {
  const [name, he] = random.chance(0.5) ? [random.pick(BOYS), 'he'] : [random.pick(GIRLS), 'she']
  const noun = random.pick<Noun>([...FRUITS, ...TOYS, ...THINGS])
  const digits = random.chance(0.4)
  const say = (n: number): string => (digits ? `${n} ${n === 1 ? noun[0] : noun[1]}` : counted(n, noun))
  const bare = (n: number): string => (digits ? String(n) : word(n))
  const a = random.between(2, 9)
  const plus = random.chance(0.5)
  const b = plus ? random.between(1, 9) : random.between(1, a - 1)
  const result = plus ? a + b : a - b
  const change = plus
    ? `[${he} finds ${bare(b)} more.|${he} gets ${bare(b)} more.|A friend gives {him} ${bare(b)} more.|Then ${he} buys ${bare(b)} more.]`
    : `[${he} gives away ${bare(b)}.|${he} loses ${bare(b)}.|Then ${he} sells ${bare(b)} of them.]`
  const slots = { him: he === 'he' ? 'him' : 'her' }
  return [
    expand(
      `${name} has ${say(a)}. ${change} How many ${noun[1]} does ${name} have [now|then|in the end]?`,
      slots,
      random,
    ),
    `${name} has ${say(result)}.`,
  ]
}

/** Two groups at one place, counted together or compared. */
function groups(random: Random): Pair {
  const [one, two] = random.sample(PETS, 2).map((pet): Noun => [pet, plural(pet)]) as [Noun, Noun]
  const place = random.pick(OUTDOORS).at
  const [a, b] = random.sample([2, 3, 4, 5, 6, 7, 8, 9], 2) as [number, number]
  const scene = `There are ${counted(a, one)} and ${counted(b, two)} ${place}.`
  if (random.chance(0.6)) {
    return [`${scene} How many animals are there?`, `There are ${word(a + b)} animals.`]
  }
  const more = a > b ? one : two
  return [`${scene} Are there more ${one[1]} or more ${two[1]}?`, `There are more ${more[1]}.`]
}

function plural(pet: string): string {
  return pet === 'mouse' ? 'mice' : pet === 'puppy' ? 'puppies' : `${pet}s`
}

/** Neighbours in the number line, doubles, halves and the larger of two. */
function relation(random: Random): Pair {
  const n = random.between(1, 10)
  const m = random.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((other) => other !== n))
  return random.pick<Pair>([
    [`Which number comes after ${word(n)}?`, expand(`${word(n + 1)} comes after ${word(n)}.`, {}, random)],
    [`Which number comes before ${word(n)}?`, expand(`${word(n - 1)} comes before ${word(n)}.`, {}, random)],
    [`What is double ${word(n)}?`, `Double ${word(n)} is ${word(2 * n)}.`],
    [`What is half of ${word(2 * n)}?`, `Half of ${word(2 * n)} is ${word(n)}.`],
    [`Which is more, ${word(n)} or ${word(m)}?`, expand(`${word(Math.max(n, m))} is more.`, {}, random)],
    [`Which is less, ${word(n)} or ${word(m)}?`, expand(`${word(Math.min(n, m))} is less.`, {}, random)],
  ])
}

/** Counting forwards, backwards or in steps of two. */
function counting(random: Random): Pair {
  const from = random.between(1, 8)
  const run = Array.from({ length: random.between(4, 8) }, (_, i) => from + i)
  const by = random.pick(['up', 'down', 'twos'] as const)
  const numbers =
    by === 'up'
      ? run
      : by === 'down'
        ? [...run].reverse()
        : run.map((_, i) => from + 2 * i).filter((n) => n <= 20)
  const last = numbers[numbers.length - 1]!
  const request =
    by === 'twos'
      ? `Count from ${numbers[0]} to ${last} in steps of two.`
      : `Count from ${numbers[0]} to ${last}.`
  return [request, random.chance(0.5) ? numbers.join(', ') : `${numbers.map(word).join(', ')}`]
}

const KINDS: readonly (readonly [number, (random: Random) => Pair])[] = [
  [4, sum],
  [4, countStory],
  [2, groups],
  [2, relation],
  [1, counting],
]

/** One to five sums, as question lines or as a chat. */
export function arithmetic(random: Random): string {
  const pairs = Array.from({ length: random.between(1, 4) }, () => random.weighted(KINDS)(random))
  if (random.chance(0.5)) return chat(random, pairs.flat())
  return pairs.map(([question, answer]) => `Question: ${question}\nAnswer: ${answer}`).join('\n')
}
