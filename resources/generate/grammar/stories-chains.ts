/** Stories without a fixed plot: a hero, a day, and events in a row that fit in any order. */
import { expand, type Slots } from '../expand.ts'
import type { Random } from '../random.ts'
import { cast } from './cast.ts'
import { HAPPY_END, OPEN, TOGETHER_END, WHEN } from './plot.ts'

const STARTS = [
  `${WHEN} {hero} [went {to}|walked {to}|ran {to}].`,
  `${WHEN} {hero} took {his} {colour} bag and went {to}.`,
  `${WHEN} {hero} wanted to see the {place}.`,
  `${WHEN} {his} {adult} sent {hero} {to} to get some {fruits}.`,
  `${WHEN} {hero} had nothing to do, so {he} went {to}.`,
  `On {day} {hero} got up early and walked {to}.`,
]
/** Each stands alone: only the hero is known. */
const EVENTS = [
  'On the way {he} saw a_ {colour} {animal}.',
  '{he} counted {few} {animals} near the path.',
  'A_ {job} said, "Good morning, {hero}!"',
  '{he} stopped to drink some water.',
  'There was a_ {look} {thing} on a stone, but {hero} did not touch it.',
  '{hero} picked a_ {fruit} and ate it.',
  'The sun was [hot|warm|bright], and {he} sat down under a tree.',
  'It began to rain, so {hero} waited {inroom}.',
  'A_ {animal} came out of the grass and looked at {him}.',
  '{he} sang a song about a_ {animal}.',
  'A_ small bird sat on the {thing} and sang.',
  '{he} heard the bell ring {few} times.',
  '{hero} lost {his} {thing}, but {he} found it again {hiding}.',
  'The wind took {his} hat, and {hero} had to run after it.',
  'An old man asked {him} the way {to2}, and {he} showed it to him.',
  'An old woman gave {him} {few} {fruits}.',
  '{he} bought a_ {baked} for one coin.',
  '{he} fell down, but it did not hurt much.',
  'In the water {he} saw {few} little fish.',
  'A_ {pet} followed {him} for a while.',
  'Then {he} found a_ {colour} feather and put it into {his} bag.',
  '{hero} helped a_ {job} to carry a heavy box.',
  'Under a leaf {he} found a_ tiny snail.',
  '{he} drew a_ {animal} in the sand with a stick.',
  'Two children played with a_ {colour} {toy} and laughed.',
  'A_ {pet} sat in the middle of the road and would not move.',
  'Someone had left a_ {baked} on a bench.',
  '{he} climbed a hill and could see the whole {place2}.',
]
/** The friend comes in here and may stay until the end. */
const MEETINGS = [
  'Then {he} met {friend}. "[Where are you going|What are you doing here]?" asked {friend}. "[Come with me|You will see]," said {hero}.',
  'There {he} met {friend}, who was {trait2} as always. They [talked for a while|sat down and ate {fruits}|played with a_ {toy}].',
  'By the old tree stood {friend} with a_ {thing2}. "[I was waiting for you|Look what I have]," said {friend}.',
  '{friend} came from the other side and waved. "Shall we go {to2}?" asked {friend}. "Yes, let us go," said {hero}.',
]
const RETURNS = [
  'When it became dark, {hero} went home.',
  'In the evening {he} walked home.',
  'At last {he} came home, tired and hungry.',
  '{his} {adult} was waiting at the door with [soup|a_ warm {baked}|a_ cup of milk].',
  'Then it was time to go home.',
]

/** Slots that stay the same through a chain: the people, and where the hero lives. */
const KEPT = 'he him his fhe fhim fhis hero friend kind fkind adult trait trait2 place2 at2 to2'.split(' ')

/** A day of one hero: a start, two to five events, perhaps a friend, and an ending. */
export function chainStory(random: Random): string {
  const events = random.sample(EVENTS, random.between(2, 5))
  const meets = random.chance(0.5)
  if (meets) events.splice(random.between(1, events.length), 0, random.pick(MEETINGS))
  const [start, home] = [random.pick(STARTS), random.pick(RETURNS)]
  const end = meets ? TOGETHER_END : HAPPY_END
  // Every event draws its own thing, animal and fruit, around the same people and places.
  const people = cast(random)
  const kept = Object.fromEntries(KEPT.map((key) => [key, people[key]!]))
  const parts = [OPEN, start, ...events, home, end]
  return parts
    .map((part) => expand(part, { ...elsewhere(random, people.place2!), ...kept }, random))
    .join(' ')
}

/** Slots whose place is not the one where the hero lives. */
function elsewhere(random: Random, home: string): Slots {
  const slots = cast(random)
  return slots.place === home ? elsewhere(random, home) : slots
}
