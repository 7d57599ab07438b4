/** Structured extraction: who has how many of what, and where, as JSON with fixed keys. */
import { expand } from '../expand.ts'
import { cast } from '../grammar/cast.ts'
import { ADULTS, BAKED, counted, FRUITS, type Noun, PLACES, THINGS, TOYS } from '../grammar/lexicon.ts'
import type { Dataset } from './dataset.ts'

const TEXTS = [
  '{hero} [found|saw|lost|sold|bought|counted|hid|painted] {things} {at}.',
  '[On {day}|In the morning|Yesterday|After lunch|Last week], {hero} [found|saw|lost|sold|bought|counted] {things} {at}.',
  '{at}, {hero} [found|saw|bought|sold|dropped] {things}.',
  'There were {things} {at}, and {hero} [took|saw|wanted|found] them.',
  '{hero} went {to} and [bought|found|brought] {things}.',
  '{his} {adult} gave {hero} {things} {at}.',
  '{friend} stayed at home, but {hero} [found|bought|saw] {things} {at}.',
  '{hero} was {trait}. [On {day}|One day] {he} [found|bought|lost] {things} {at}.',
  'The {job} showed {hero} {things} {at}.',
  '{hero} and {his} {adult} went {to}. There {hero} [bought|found|saw] {things}.',
]

/** The keys of every completion, in this order. */
export interface Facts {
  readonly name: string
  readonly object: string
  readonly count: number
  readonly place: string
}

const NOUNS: readonly Noun[] = [...FRUITS, ...BAKED, ...THINGS, ...TOYS]

export const factsJson: Dataset = {
  name: 'facts-json',
  title: 'Facts as JSON',
  description:
    'A sentence or two about who has how many of what and where, turned into JSON with four fixed keys.',
  task: 'structured extraction',
  seed: 202,
  train: 1200,
  validation: 200,
  row(random) {
    const noun = random.pick(NOUNS)
    const count = random.between(2, 9)
    const place = random.pick(PLACES)
    const drawn = cast(random, false)
    const adult = random.pick([...ADULTS.he, ...ADULTS.she])
    const slots = { ...drawn, adult, things: counted(count, noun), at: place.at, to: place.to }
    const facts: Facts = { name: drawn.hero!, object: noun[0], count, place: place.name }
    // Spaces after colons and commas, as most JSON in texts has them; JSON.stringify would leave them out.
    const fields = Object.entries(facts).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`)
    return {
      prompt: `${expand(random.pick(TEXTS), slots, random)} Write the facts as JSON`,
      completion: `{${fields.join(', ')}}`,
    }
  },
}
