/** Single sentences with known parts, for instructions that transform or question them. */
import { finish } from '../expand.ts'
import type { Random } from '../random.ts'
import { BOYS, COLOURS, FOODS, GIRLS, type Noun, PLACES, THINGS, TOYS, VERBS } from './lexicon.ts'

/** A sentence and what it is made of; `text(form)` writes it in a tense. */
export interface Sentence {
  readonly name: string
  readonly he: 'he' | 'she'
  readonly colour: string
  readonly noun: Noun
  readonly at: string
  readonly place: string
  readonly verb: (typeof VERBS)[number]
  text(form: 'present' | 'past' | 'future' | 'doing'): string
}

/** "Mia finds a red ball in the garden." */
export function sentence(random: Random): Sentence {
  const boy = random.chance(0.5)
  const name = random.pick(boy ? BOYS : GIRLS)
  const colour = random.pick(COLOURS)
  const noun = random.pick<Noun>([...FOODS, ...THINGS, ...TOYS].filter(([one]) => one !== colour))
  const place = random.pick(PLACES)
  const verb = random.pick(VERBS)
  return {
    name,
    he: boy ? 'he' : 'she',
    colour,
    noun,
    at: place.at,
    place: place.name,
    verb,
    text(form) {
      const [base, present, past, ing] = verb
      const verbForm = { present, past, future: `will ${base}`, doing: `is ${ing}` }[form]
      return finish(`${name} ${verbForm} a_ ${colour} ${noun[0]} ${place.at}.`)
    },
  }
}
