/** Draws the people, things and places of one story, with pronouns that agree, as slots for templates. */
import type { Slots } from '../expand.ts'
import type { Random } from '../random.ts'
import {
  ADULTS,
  ANIMAL_NAMES,
  ANIMALS,
  BAKED,
  BOYS,
  COLOURS,
  DAYS,
  FARM,
  FRUITS,
  GIRLS,
  HEROES,
  HIDING,
  INDOORS,
  JOBS,
  LOOKS,
  NUMBER_WORDS,
  OUTDOORS,
  PETS,
  PLACES,
  SIZES,
  THINGS,
  TOYS,
  TRAITS,
} from './lexicon.ts'

type Gender = 'he' | 'she'

/** Pronoun slots, with a prefix per role: {he} {him} {his}, and {fhe} {fhim} {fhis} for the friend. */
function pronouns(prefix: string, gender: Gender): Record<string, string> {
  const [him, his] = gender === 'he' ? ['him', 'his'] : ['her', 'her']
  return { [`${prefix}he`]: gender, [`${prefix}him`]: him, [`${prefix}his`]: his }
}

/**
 * The slots of one story. Hero and friend never share a pronoun, so "he" and "she" stay clear.
 * In a fable both are animals; names, kinds and pronouns agree.
 */
export function cast(random: Random, fable = random.chance(0.25)): Slots {
  const gender: Gender = random.chance(0.5) ? 'he' : 'she'
  const other: Gender = gender === 'he' ? 'she' : 'he'
  const adultGender: Gender = random.chance(0.5) ? 'he' : 'she'
  const childName = (who: Gender): string => random.pick(who === 'he' ? BOYS : GIRLS)
  const [kind, friendKind] = fable
    ? random.sample(HEROES, 2)
    : [gender === 'he' ? 'boy' : 'girl', other === 'he' ? 'boy' : 'girl']
  const [thing, thing2] = random.sample(THINGS, 2)
  const [toy, toy2] = random.sample(TOYS, 2)
  const [fruit, fruit2] = random.sample(FRUITS, 2)
  const baked = random.pick(BAKED)
  const animals = ANIMALS.filter(([one]) => one !== kind && one !== friendKind)
  const [animal, animal2] = random.sample(animals, 2)
  const [colour, colour2] = random.sample(COLOURS, 2)
  const [place, place2] = random.sample(OUTDOORS, 2)
  const [trait, trait2] = random.sample(TRAITS, 2)
  const farm = random.pick(FARM.filter(([one]) => one !== kind && one !== friendKind))
  const few = random.between(3, 6)
  const adult = random.pick(ADULTS[adultGender])
  return {
    ...pronouns('', gender),
    ...pronouns('f', other),
    ahe: adultGender,
    hero: fable ? random.pick(ANIMAL_NAMES[gender]) : childName(gender),
    friend: fable ? random.pick(ANIMAL_NAMES[other]) : childName(other),
    kind: kind!,
    fkind: friendKind!,
    adult,
    thing: thing![0],
    things: thing![1],
    thing2: thing2![0],
    toy: toy![0],
    toys: toy![1],
    toy2: toy2![0],
    fruit: fruit![0],
    fruits: fruit![1],
    fruit2: fruit2![0],
    fruits2: fruit2![1],
    baked: baked[0],
    bakeds: baked[1],
    animal: animal![0],
    animals: animal![1],
    animal2: animal2![0],
    animals2: animal2![1],
    pet: random.pick(PETS.filter((pet) => pet !== kind && pet !== friendKind)),
    farms: farm[1],
    container: random.pick(['basket', 'bag', 'box', 'bucket', 'bowl']),
    byriver: random.pick(['at the lake', 'by the river', 'by the pond', 'in the valley']),
    colour: colour!,
    colour2: colour2!,
    size: random.pick(SIZES),
    look: random.pick(LOOKS),
    trait: trait!,
    trait2: trait2!,
    place: place!.name,
    at: place!.at,
    to: place!.to,
    place2: place2!.name,
    at2: place2!.at,
    to2: place2!.to,
    ...inside(random),
    anyat: random.pick(PLACES).at,
    hiding: random.pick(HIDING),
    job: random.pick(JOBS),
    day: random.pick(DAYS),
    few: NUMBER_WORDS[few]!,
    fewer: NUMBER_WORDS[few - 1]!,
    more: NUMBER_WORDS[few + 1]!,
  }
}

function inside(random: Random): Record<string, string> {
  const room = random.pick(INDOORS)
  return { room: room.name, inroom: room.at, toroom: room.to }
}
