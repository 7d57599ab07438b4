/** The words of the built-in training material: names, nouns with their plurals, places with their prepositions. */

export const BOYS = words(
  'Tom Ben Sam Max Leo Jack Tim Finn Noah Owen Hugo Oscar Peter Daniel Adam Luke Eli Toby Felix Ravi Omar Marco Ken Ivan',
)
export const GIRLS = words(
  'Mia Lily Anna Emma Zoe Lucy Ella Nora Ruby Clara Alice Rosa Maya Ida Jane Sara Molly Eva Kate Amy Tara Nina Olga Mei',
)
export const ANIMAL_NAMES = {
  he: words('Rusty Pip Bruno Fuzzy Barny Rolo Otto Benny Moss Tuck Milo Dusty'),
  she: words('Daisy Hazel Poppy Bella Coco Willow Luna Pearl Dotty Misty Ginger Olive'),
}
/** Animals that can be the heroes of a fable. */
export const HEROES = words(
  'fox mouse rabbit bear duck squirrel hedgehog owl frog kitten puppy goat lamb pony',
)

/** Animals that people keep. */
export const FARM: readonly Noun[] = nouns(
  'cow pig hen goat duck rabbit horse sheep:sheep donkey goose:geese',
)
/** Small animals that may come into a house. */
export const PETS = words('cat mouse rabbit hedgehog hen duck frog squirrel puppy kitten bird turtle')

/** A countable noun: singular and plural. */
export type Noun = readonly [one: string, many: string]

export const ANIMALS: readonly Noun[] = nouns(
  'cat dog horse cow pig sheep:sheep hen duck goat rabbit mouse:mice fox:foxes bear owl frog bee fish:fish bird snail turtle squirrel hedgehog lion elephant monkey spider butterfly:butterflies goose:geese donkey ant wolf:wolves deer:deer',
)
export const FRUITS: readonly Noun[] = nouns(
  'apple pear plum orange lemon banana cherry:cherries peach:peaches melon grape strawberry:strawberries berry:berries',
)
export const BAKED: readonly Noun[] = nouns('cake pie bun muffin sandwich:sandwiches pancake biscuit tart')
export const FOODS: readonly Noun[] = [
  ...FRUITS,
  ...BAKED,
  ...nouns('egg carrot potato:potatoes onion tomato:tomatoes nut'),
]
export const TOYS: readonly Noun[] = nouns(
  'ball doll kite drum puzzle top robot whistle balloon yo-yo marble train wagon puppet',
)
export const THINGS: readonly Noun[] = nouns(
  'key hat book scarf:scarves basket lamp umbrella cup coat bell box:boxes bag clock spoon ring letter mirror button pencil blanket candle bottle map rope glove watch:watches coin shell feather',
)
export const PLANTS: readonly Noun[] = nouns(
  'rose tree daisy:daisies tulip sunflower bush:bushes seed leaf:leaves',
)
export const CLOTHES: readonly Noun[] = nouns(
  'hat scarf:scarves coat glove shirt dress:dresses sock shoe boot jacket',
)
export const COLOURS = words('red blue green yellow orange purple brown black white grey pink golden')
export const SIZES = words('big small little tiny large huge')
export const LOOKS = words('old new shiny pretty strange lovely simple beautiful special little')
export const TRAITS = words(
  'kind brave quiet clever cheerful curious shy honest gentle patient busy friendly careful funny proud',
)

/** A place with the words that lead in and towards it. */
export interface Place {
  readonly name: string
  readonly at: string
  readonly to: string
}
export const OUTDOORS: readonly Place[] = [
  ...places('in', 'garden forest park field meadow village yard valley orchard'),
  ...places('at', 'market farm lake beach playground station harbour'),
  ...places('by', 'river pond bridge old~well hill'),
  ...places('on', 'island mountain'),
]
export const INDOORS: readonly Place[] = [
  ...places('in', 'kitchen library barn attic shed cellar bakery classroom museum'),
  ...places('at', 'school shop'),
]
export const PLACES: readonly Place[] = [...OUTDOORS, ...INDOORS]
/** Where small lost things turn up, in full phrases. */
export const HIDING = [
  'under the bed',
  'behind the door',
  'in the tall grass',
  'under a big leaf',
  'behind the sofa',
  'on the top shelf',
  'in a muddy puddle',
  'under the old bench',
  'inside a boot',
  'between two stones',
  'at the bottom of the stairs',
  'in the pocket of a coat',
  'next to the fence',
  'on the kitchen table',
  'in a pile of leaves',
  'beside the gate',
]
export const ADULTS = {
  she: words('mother grandmother aunt'),
  he: words('father grandfather uncle'),
}
export const JOBS = words(
  'baker farmer teacher doctor painter singer tailor sailor builder gardener miller cook postman',
)
export const DAYS = words('Monday Tuesday Wednesday Thursday Friday Saturday Sunday')
export const MONTHS = words(
  'January February March April May June July August September October November December',
)
export const SEASONS = words('spring summer autumn winter')
export const NUMBER_WORDS = words(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty',
)
export const OPPOSITES: readonly Noun[] = words(
  'hot:cold big:small fast:slow up:down day:night happy:sad old:new open:closed wet:dry high:low full:empty light:dark long:short hard:soft loud:quiet early:late clean:dirty rich:poor strong:weak near:far heavy:light left:right first:last thick:thin sweet:sour',
).map((pair) => pair.split(':') as [string, string])
/** Regular and irregular verbs that take a noun: base form, present with -s, past, -ing form. */
export const VERBS: readonly (readonly [base: string, present: string, past: string, ing: string])[] = words(
  'carry:carries:carried:carrying find:finds:found:finding wash:washes:washed:washing paint:paints:painted:painting hide:hides:hid:hiding bring:brings:brought:bringing take:takes:took:taking buy:buys:bought:buying see:sees:saw:seeing want:wants:wanted:wanting like:likes:liked:liking draw:draws:drew:drawing hold:holds:held:holding lose:loses:lost:losing choose:chooses:chose:choosing drop:drops:dropped:dropping sell:sells:sold:selling keep:keeps:kept:keeping make:makes:made:making watch:watches:watched:watching pack:packs:packed:packing fix:fixes:fixed:fixing',
).map((row) => row.split(':') as [string, string, string, string])

function words(list: string): string[] {
  return list.split(' ').map((word) => word.replaceAll('~', ' '))
}

/** "fox:foxes cat": the plural is written out where it is not the singular with an s. */
function nouns(list: string): Noun[] {
  return words(list).map((entry) => {
    const [one, many] = entry.split(':')
    return [one!, many ?? `${one}s`]
  })
}

function places(preposition: string, list: string): Place[] {
  return words(list).map((name) => ({ name, at: `${preposition} the ${name}`, to: `to the ${name}` }))
}

/** "three apples", "one apple": a count in words with the right form of the noun. */
export function counted(count: number, noun: Noun): string {
  return `${NUMBER_WORDS[count] ?? count} ${count === 1 ? noun[0] : noun[1]}`
}
