/** Short scenes that show a feeling without naming it; the corpus tells them, one dataset asks for the feeling. */
import { expand } from '../expand.ts'
import type { Random } from '../random.ts'
import { cast } from './cast.ts'

export const FEELINGS = ['joy', 'sadness', 'anger', 'fear', 'surprise'] as const
export type Feeling = (typeof FEELINGS)[number]

/** What happened, and what it looked like from outside. */
const SCENES: Readonly<
  Record<Feeling, { readonly events: readonly string[]; readonly signs: readonly string[] }>
> = {
  joy: {
    events: [
      '{hero} won the race {at}.',
      '{hero} got the {thing} {he} had always wanted.',
      'After a long time, {hero} saw {his} best friend {friend} again.',
      'The sun was out, and {hero} played {at} with {friend}.',
      '{his} {adult} baked a_ {baked} for {hero}.',
      '{friend} gave {hero} a_ {colour} {toy}.',
      '{hero} danced {at} with {friend}.',
      "{hero}'s little {pet} was well again.",
    ],
    signs: [
      '{he} laughed and clapped {his} hands.',
      '{he} smiled from ear to ear.',
      '{he} jumped up and down and sang.',
      '"This is the best day of all!" said {hero}.',
      '{he} danced and laughed.',
      '{his} eyes were bright, and {he} sang a song.',
    ],
  },
  sadness: {
    events: [
      "{friend}, {hero}'s best friend, moved to a town far away.",
      "{hero}'s old {pet} had died.",
      "{hero}'s {colour} {toy} was lost for ever.",
      "Nobody came to {hero}'s party.",
      "{hero}'s {adult} had to go away for a long time.",
      '{hero} sat alone {at}.',
      'Rain had washed away the picture that {hero} had made.',
      '{friend} said goodbye to {hero} and did not come back.',
    ],
    signs: [
      '{he} cried and did not want to eat.',
      'Tears ran down {his} face.',
      '{he} looked at the ground and said nothing.',
      '"I miss you so much," said {hero} in a low voice.',
      '{he} lay in bed and cried.',
      '{he} walked home slowly, with {his} head down.',
    ],
  },
  anger: {
    events: [
      "{friend} took {hero}'s {thing} without asking.",
      "{friend} broke {hero}'s {toy} on purpose.",
      "Somebody had painted {hero}'s {thing} {colour}.",
      '{friend} told a lie about {hero}.',
      "The {animal} had eaten {hero}'s {baked} again.",
      '{friend} pushed {hero} out of the line.',
      'For the third time, {friend} called {hero} a bad name.',
      '{friend} would not give the {colour} {thing} back to {hero}.',
    ],
    signs: [
      '{he} shouted and hit the table.',
      '{his} face became red, and {he} stamped {his} foot.',
      '"Stop that at once!" shouted {hero}.',
      '{he} threw the {thing2} on the floor.',
      '"How dare you!" said {hero} in a loud voice.',
      '{he} closed the door with a bang.',
    ],
  },
  fear: {
    events: [
      '{hero} heard steps behind {him} in the dark.',
      'A_ big {colour} dog ran towards {hero}.',
      "There was a strange noise under {hero}'s bed.",
      '{hero} stood on a high bridge and looked down.',
      "The storm shook {hero}'s house.",
      '{hero} was lost in the dark forest.',
      'A shadow moved {inroom}, and {hero} saw it.',
      'The light went out while {hero} was in the cellar.',
    ],
    signs: [
      '{he} shook and could not move.',
      '{his} heart beat fast, and {he} hid {hiding}.',
      '"Please help me!" called {hero}.',
      "{he} held {friend}'s hand very tight.",
      '{he} ran away as fast as {he} could.',
      '{he} pulled the blanket over {his} head.',
    ],
  },
  surprise: {
    events: [
      '{hero} opened the box, and a_ {pet} jumped out.',
      "A_ {colour} {animal} stood in {hero}'s room.",
      '{hero} found {few} coins in an old {thing}.',
      'When {hero} came home, the whole house was {colour}.',
      'The {animal} began to talk to {hero}.',
      '{hero} looked {hiding}, and there lay a_ {baked}.',
      "All of {hero}'s {things} had become {fruits}.",
      'It snowed {at} in the middle of summer.',
    ],
    signs: [
      '{his} mouth fell open.',
      '"I did not expect that!" said {hero}.',
      '{he} looked twice and could not believe it.',
      '"How can this be?" asked {hero}.',
      '{his} eyes became big and round.',
      '"Well, I never saw that before," said {hero}.',
    ],
  },
}

const SETTING =
  '[It was {day}.|It was early in the morning.|It was late in the evening.|It happened {anyat}.|The clock struck ten.|It was a_ {day} in {season}.]'

/** A scene for one feeling: what happened, a sign of the feeling, or both. */
export function scene(random: Random, feeling: Feeling): string {
  const { events, signs } = SCENES[feeling]
  const parts = random.weighted([
    [6, [random.pick(events), random.pick(signs)]],
    [2, [SETTING, random.pick(events), random.pick(signs)]],
    [1, [SETTING, random.pick(events)]],
  ] as const)
  const season = random.pick(['spring', 'summer', 'autumn', 'winter'])
  return expand(parts.join(' '), { ...cast(random, false), season }, random)
}

/** A scene as a document of the corpus; no document names the feeling. */
export function feelingDocument(random: Random): string {
  return scene(random, random.pick(FEELINGS))
}
