/** Everyday facts as questions with answers in full sentences. */
import { article, capital, expand, finish, joinWords } from '../expand.ts'
import type { Random } from '../random.ts'
import { chat } from './chat.ts'
import { ANIMALS, DAYS, FOODS, JOBS, MONTHS, type Noun, NUMBER_WORDS, OPPOSITES, SEASONS } from './lexicon.ts'

type Fact = readonly [question: string, answer: string]

/** "thing = sentence part" tables, so that one line is one fact. */
const table = (rows: string): [string, string][] =>
  rows.split(';').map((row) => row.trim().split('=') as [string, string])

const COLOUR_OF = table(
  'the sky=blue;grass=green;snow=white;a banana=yellow;a lemon=yellow;milk=white;a carrot=orange;coal=black;a strawberry=red;a tomato=red;chocolate=brown;the sun=yellow;a leaf in summer=green;an orange=orange;a cherry=red;salt=white;a frog=green;a crow=black',
)
const LIVES = table(
  'a fish=in the water;a bird=in a nest;a bee=in a hive;a cow=on a farm;a bear=in the forest;a squirrel=in a tree;a rabbit=in a hole in the ground;a horse=in a stable;a monkey=in the jungle;a frog=by the pond;a hen=on a farm;a fox=in the forest;an owl=in a tree',
)
const EATS = table(
  'a cow=grass;a rabbit=carrots and grass;a squirrel=nuts;a cat=fish and meat;a monkey=bananas;a horse=grass and apples;a mouse=seeds and cheese;a bird=seeds and worms;a bear=berries and fish;a sheep=grass;a lion=meat;a frog=flies;an owl=mice',
)
const SOUND = table(
  'a dog=bark;a cat=meow;a cow=moo;a duck=quack;a bee=buzz;a lion=roar;a bird=sing;a sheep=bleat;a wolf=howl;a pig=grunt;a snake=hiss;an owl=hoot',
)
const YOUNG = table(
  'dog=puppy;cat=kitten;cow=calf;horse=foal;sheep=lamb;hen=chick;duck=duckling;bear=cub;lion=cub;goat=kid;pig=piglet;frog=tadpole',
)
const LEGS = table(
  'dog=4;cat=4;horse=4;hen=2;bird=2;duck=2;spider=8;bee=6;ant=6;cow=4;butterfly=6;fox=4;goose=2;mouse=4;snail=0;snake=0;fish=0;child=2',
)
const USED_FOR = table(
  'a key=open a door;a lamp=see in the dark;a spoon=eat soup;a knife=cut bread;a pencil=write and draw;a clock=know the time;an umbrella=stay dry in the rain;a broom=clean the floor;a bed=sleep;a cup=drink;a hammer=hit a nail;a boat=cross the water;a map=find the way;a coat=stay warm;a brush=paint;a rope=tie things together;soap=wash our hands;a basket=carry things;a ladder=climb up high;a candle=make light;a needle=sew;a mirror=see our own face',
)
const WORK = table(
  'baker=bakes bread;farmer=grows food;teacher=teaches children;doctor=helps people who are ill;painter=paints walls and pictures;singer=sings songs;tailor=makes clothes;sailor=sails on the sea;builder=builds houses;gardener=looks after plants;miller=makes flour;cook=makes meals;postman=brings letters',
)
const MADE_OF = table(
  'bread=flour and water;cheese=milk;a window=glass;paper=wood;butter=milk;wool=the hair of sheep;a wall=stone;honey=the juice of flowers;a book=paper;juice=fruit;ice=water;a jumper=wool',
)
const BODY = table(
  'see=our eyes;hear=our ears;smell=our nose;taste=our tongue;walk=our legs;hold things=our hands;think=our brain;bite=our teeth;wave=our hand;kick a ball=our foot',
)
const SEASON_FACTS: readonly Fact[] = [
  ['In which season does it snow?', 'It snows in winter.'],
  ['When do the leaves fall?', 'The leaves fall in autumn.'],
  ['When do many flowers open?', 'Many flowers open in spring.'],
  ['Which season is the warmest?', 'Summer is the warmest season.'],
  ['What comes after winter?', 'Spring comes after winter.'],
  ['How many seasons are there?', 'There are four seasons.'],
  ['How many days are in a week?', 'There are seven days in a week.'],
  ['How many months are in a year?', 'There are twelve months in a year.'],
  ['When do we see the moon best?', 'We see the moon best at night.'],
  ['What falls from the clouds?', 'Rain falls from the clouds.'],
  ['What happens to ice in the sun?', 'Ice melts in the sun and becomes water.'],
  ['Why do we wear a coat in winter?', 'We wear a coat because it is cold.'],
  ['What do plants need to grow?', 'Plants need water, light and earth.'],
  ['Where does the sun rise?', 'The sun rises in the east.'],
  ['Where does the sun set?', 'The sun sets in the west.'],
  ['What do we do when we are tired?', 'We rest or sleep when we are tired.'],
  ['What do we drink when we are thirsty?', 'We drink water when we are thirsty.'],
  ['Which is faster, a horse or a snail?', 'A horse is faster than a snail.'],
  ['Can a fish walk?', 'No, a fish cannot walk. It swims.'],
  ['Can a bird fly?', 'Yes, most birds can fly.'],
]
/** From the smallest to the largest. */
const BY_SIZE = ['ant', 'bee', 'mouse', 'frog', 'rabbit', 'cat', 'fox', 'sheep', 'cow', 'horse', 'elephant']

/** One fact, drawn from everyday knowledge; both halves are whole sentences. */
export function fact(random: Random): Fact {
  return random.pick(FACTS)(random)
}

const FACTS: readonly ((random: Random) => Fact)[] = [
  (r) => rowFact(r, COLOUR_OF, ['What colour is {x}?', 'Which colour is {x}?'], '{x} is {y}.'),
  (r) => rowFact(r, LIVES, ['Where does {x} live?', 'Where can you find {x}?'], '{x} lives {y}.'),
  (r) => rowFact(r, EATS, ['What does {x} eat?', 'What does {x} like to eat?'], '{x} eats {y}.'),
  (r) => rowFact(r, SOUND, ['What can {x} do with its voice?', 'Which sound does {x} make?'], '{x} can {y}.'),
  (r) =>
    rowFact(
      r,
      YOUNG,
      ['What is a young {x} called?', 'What do we call a baby {x}?'],
      'A young {x} is called a_ {y}.',
    ),
  (r) =>
    rowFact(
      r,
      USED_FOR,
      ['What do we use {x} for?', 'What is {x} for?', 'Why do we need {x}?'],
      'We use {x} to {y}.',
    ),
  (r) => rowFact(r, WORK, ['What does a_ {x} do?', 'What is the work of a_ {x}?'], 'A_ {x} {y}.'),
  (r) => rowFact(r, WORK, ['Who {y}?'], 'A_ {x} {y}.'),
  (r) => rowFact(r, MADE_OF, ['What is {x} made of?', 'What do we make {x} from?'], '{x} is made of {y}.'),
  (r) => rowFact(r, BODY, ['What do we use to {x}?', 'With what do we {x}?'], 'We {x} with {y}.'),
  (r) => r.pick(SEASON_FACTS),
  legs,
  opposite,
  bigger,
  plural,
  (r) => calendar(r, DAYS, 'day'),
  (r) => calendar(r, MONTHS, 'month'),
  kind,
  (r) => {
    const i = r.between(0, 3)
    return [
      `Which season comes after ${SEASONS[i]}?`,
      finish(`${SEASONS[(i + 1) % 4]} comes after ${SEASONS[i]}.`),
    ]
  },
]

function rowFact(
  random: Random,
  rows: readonly (readonly [string, string])[],
  questions: string[],
  answer: string,
): Fact {
  const [x, y] = random.pick(rows)
  return [expand(random.pick(questions), { x, y }, random), expand(answer, { x, y }, random)]
}

function legs(random: Random): Fact {
  const [animal, count] = random.pick(LEGS)
  const word = count === '0' ? 'no' : NUMBER_WORDS[Number(count)]
  return [finish(`How many legs does a_ ${animal} have?`), finish(`a_ ${animal} has ${word} legs.`)]
}

function opposite(random: Random): Fact {
  const pair = random.pick(OPPOSITES)
  const [one, other] = random.chance(0.5) ? pair : [pair[1], pair[0]]
  // "light" and "left" have two opposites: only the direction from the first word of a pair is safe for them.
  const [from, to] = one === 'light' || one === 'right' || one === 'last' ? [pair[0], pair[1]] : [one, other]
  return [`What is the opposite of ${from}?`, `The opposite of ${from} is ${to}.`]
}

function bigger(random: Random): Fact {
  const [i, j] = random.sample([...BY_SIZE.keys()], 2) as [number, number]
  const [small, large] = [BY_SIZE[Math.min(i, j)]!, BY_SIZE[Math.max(i, j)]!]
  const [asked, answer] = random.chance(0.5)
    ? ['bigger', `a_ ${large} is bigger than a_ ${small}.`]
    : ['smaller', `a_ ${small} is smaller than a_ ${large}.`]
  return [finish(`Which is ${asked}, a_ ${BY_SIZE[i]} or a_ ${BY_SIZE[j]}?`), finish(answer)]
}

function plural(random: Random): Fact {
  const [one, many] = random.pick<Noun>([...ANIMALS, ...FOODS])
  return [`What is the plural of ${one}?`, `The plural of ${one} is ${many}.`]
}

function calendar(random: Random, list: readonly string[], unit: string): Fact {
  const i = random.between(0, list.length - 1)
  const after = random.chance(0.5)
  const answer = list[(i + (after ? 1 : list.length - 1)) % list.length]
  const word = after ? 'after' : 'before'
  return [`Which ${unit} comes ${word} ${list[i]}?`, `${answer} comes ${word} ${list[i]}.`]
}

function kind(random: Random): Fact {
  const groups: [string, string[]][] = [
    ['an animal', ANIMALS.map(([one]) => one)],
    ['something to eat', FOODS.map(([one]) => one)],
    ['the name of a job', JOBS],
  ]
  const [right, words] = random.pick(groups)
  const [asked] = random.pick(groups)
  const word = random.pick(words)
  const verdict = asked === right ? 'Yes' : 'No'
  return [finish(`Is a_ ${word} ${asked}?`), finish(`${verdict}, a_ ${word} is ${right}.`)]
}

/** One to four facts as "Question: / Answer:" lines, as a chat, or told in a row. */
export function factDocument(random: Random): string {
  const facts = Array.from({ length: random.between(1, 4) }, () => fact(random))
  if (random.chance(0.5)) return chat(random, facts.flat())
  if (random.chance(0.75))
    return facts.map(([question, answer]) => `Question: ${question}\nAnswer: ${answer}`).join('\n')
  return `Here is what I know. ${facts.map(([, answer]) => capital(answer)).join(' ')}`
}

/** Three or four animals that share a home, food or number of legs. */
export function groupDocument(random: Random): string {
  const count = random.pick(['2', '4', '6'])
  const same = LEGS.filter(([, legsOf]) => legsOf === count).map(([animal]) => animal)
  const chosen = random.sample(same, Math.min(3, same.length)).map(article)
  const word = NUMBER_WORDS[Number(count)]
  return chat(random, [
    random.pick([
      `Name ${NUMBER_WORDS[chosen.length]} living things with ${word} legs.`,
      `Who has ${word} legs?`,
    ]),
    capital(`${joinWords(chosen)} have ${word} legs.`),
  ])
}
