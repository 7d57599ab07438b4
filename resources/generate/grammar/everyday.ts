/** Short texts of daily life: descriptions, dialogues, letters and diary pages. */
import { capital, expand } from '../expand.ts'
import type { Random } from '../random.ts'
import { cast } from './cast.ts'
import { chat } from './chat.ts'
import { SEASONS } from './lexicon.ts'

const DESCRIPTIONS = [
  'The {place} [is|was always] a [quiet|lovely|busy|green] place. [In the morning|At noon|In the evening] you can [see|hear] the {animals} [there|near the water|under the trees]. [Children come to play with their {toys}.|Old people sit in the sun and talk.|A_ {job} walks by every day.] In {season} it is [full of {colour} flowers|cold and still|warm and bright|at its best].',
  '{hero} is a_ {trait} {kind} with {colour} [eyes|hair|shoes|clothes]. {he} likes {fruits} and {fruits2}, but {he} does not like {bakeds}. [After school|Every {day}|In the evening] {he} [plays {at}|reads {inroom}|walks {to} with {friend}].',
  'This is a_ {look} {thing}. It is {colour} [and small|and clean|and easy to carry]. It [lies|is] {hiding}. [It belongs to {hero}.|{hero} got it from {his} {adult}.|Nobody knows whose {thing} it is.] [It is {few} years old.|{he} would never sell it.|It is small, but it means a lot.]',
  'The {job} [lives|works] near the {place}. {few} {farms} live there too. Every morning the {job} [gets up early|drinks a cup of milk|opens the door] and [feeds them|says hello to them|counts them]. The {farms} [like the {job} very much|come when they hear a bell|are never in a hurry].',
  'It is [a warm day in {season}|a cold {day}|early morning|late afternoon]. The sky is [blue|grey|clear|full of clouds]. {at} a_ {animal} [sleeps under a tree|looks for food|drinks some water], and a_ {animal2} [watches it|sits on a stone|does the same]. [The wind is soft.|No one makes a sound.|Far away a bell rings.|It smells of {fruits}.]',
  'My room is {size}. There is a bed, a_ {colour} table and a_ {thing}. On the wall hangs a picture of a_ {animal}. My {toy} lies {hiding}. [From the window I can see the {place}.|I like to read here.|When it rains, I stay here all day.]',
  'A_ {animal} is an animal. [This one is {colour} and {size}.|Some of them are {colour}.] It lives {at} and [likes to sleep in the sun|is awake early in the morning|looks for food all day]. [Once it ate a whole {fruit}.|If you are quiet, you can come close.|It is afraid of every {animal2}.]',
]

const DIALOGUES = [
  '"[Good morning|Hello|Good day], {friend}," said {hero}. "[Where are you going|What are you doing]?" "I am [on my way {to}|looking for my {thing}|going {to} to see a_ {animal}]," said {friend}. "[May I come with you|Can I help you]?" asked {hero}. "[Of course|Yes, please|I would like that]," said {friend}. [And off they went.|So they went together.|They walked side by side.]',
  '"Do you have a_ {fruit} for me?" asked {hero}. "[No, but I have a_ {baked}|I have only one {fruit2}|Yes, here is one]," said {friend}. "[Thank you very much|That is kind of you]," said {hero}. "[What will you do now|Shall we sit down {at}]?" "[Let us eat|I am hungry too]," said {friend}.',
  '"How much is the {thing}?" asked {hero}. "It costs {few} coins," said the {job}. "I have only {fewer} coins," said {hero}. "[Then you may pay the rest on {day}|Then take the small one|You can have it for {fewer}]," said the {job}. "[Thank you|You are very kind]!" said {hero}.',
  '"Have you seen my {thing}?" asked {hero}. "Is it {colour}?" asked {friend}. "Yes, it is," said {hero}. "Then it is {hiding}," said {friend}. "[I saw it this morning|I saw it when I came in]." {hero} [looked there and found it|ran and got it]. "[You have good eyes|Thank you|There it is]!" {he} said.',
  '"Look, a_ {animal}!" said {hero}. "That is not a_ {animal}," said {friend}. "It is a_ {animal2}." They went closer. [It was only a_ {colour} bush.|It was neither. It was a big stone.|{hero} was right after all.|{friend} was right.] [They both had to laugh.|"From here I can see it well," said {friend}.]',
  '{hero}: What shall we play?\n{friend}: [I have a_ {toy}|Let us play with the {toy}|We could play with the {toy2}].\n{hero}: [Good idea|I like that]. Where is it?\n{friend}: It is {hiding}.\n{hero}: [I will get it|Wait here, I will bring it|Come, let us get it].',
  '{hero}: It is {day} today. What do we have to do?\n{friend}: We have to [feed the {farms}|pick the {fruits}|clean the {room}|bake a_ {baked}].\n{hero}: And after that?\n{friend}: After that we can go {to}.\n{hero}: [Then let us begin|I cannot wait|That sounds good].',
]

const LETTERS = [
  'Dear {friend},\n[How are you?|I hope you are well.] I am [{at} with my {adult}|fine]. [Today|On {day}|Yesterday] I saw a_ {size} {animal} and {few} {animals2}. [The weather is fine.|It rains a lot here.|It is warm here.] I [bought a_ {colour} {thing}|found a_ {thing}|made a_ {toy}] for you. [Please write soon.|I will be home on {day}.|See you soon!]\nYour {hero}',
  'Dear {friend},\nthank you for the {colour} {thing}. [I use it every day.|It is just what I wanted.|I showed it to my {adult}.] [Next week|On {day}|Soon] we will have a party {at}. There will be {bakeds} and {fruits}. [Will you come|Can you come] too? [Please bring your {toy}.|I would be so glad.]\nYour friend {hero}',
  'Dear {Adult},\n[I have lost my {thing}. Can I get a new one?|I have a question. May I keep a_ {pet}?|I have big news. I have learned to swim!|We have a new teacher. I like school now.] [I promise to be careful.|{friend} says hello.|I miss you.] [Today we ate {fruits} and {bakeds}.|Tomorrow we will go {to}.]\nLove,\n{hero}',
  '{day}\n[Today was a good day.|What a day!|Today was long.] In the morning I [went {to}|was {at}|helped my {adult}]. I [saw a_ {animal}|met {friend}|found a_ {colour} {thing}]. In the afternoon {friend} and I [played with a_ {toy}|baked a_ {baked}|picked {fruits}]. [Now I am tired.|Tomorrow I want to do it again.|Good night!]',
]

const SMALL_TALK: readonly (readonly [string, string])[] = [
  [
    '[Hello!|Hi!|Hello there!|Good morning!]',
    '[Hello! How can I help you?|Hello! It is good to see you.|Good morning! What would you like to know?]',
  ],
  ['How are you?', '[I am well, thank you. How are you?|I am fine. Thank you for asking.]'],
  ['[Thank you!|Thank you very much.]', '[You are welcome.|It was a pleasure.]'],
  ['My name is {hero}.', 'Hello, {hero}! [It is nice to meet you.|That is a nice name.]'],
  [
    'I like {fruits}.',
    '[{fruits} taste good.|I am glad to hear that.|{fruits} are sweet and good to eat.] Do you like {fruits2} too?',
  ],
  ['What should I eat?', 'You could eat a_ {fruit} or a_ {baked}.'],
  ['What can I do on {day}?', 'You could go {to} or play with your {toy}.'],
  ['I lost my {thing}.', '[I am sorry to hear that.|Oh no!] Did you look {hiding}?'],
  ['Tell me about the {place}.', 'The {place} is a quiet place. {animals} and {animals2} live there.'],
  ['[Goodbye!|See you tomorrow!]', 'Goodbye! Come back soon.'],
  ['Good night!', '[Good night! Sleep well.|Good night, and see you tomorrow!]'],
  ['What is in your bag?', 'In my bag there is a_ {colour} {thing} and a_ {fruit}.'],
  ['I am tired.', '[Then you should rest.|Go to bed early and sleep well.]'],
]

function filled(templates: readonly string[], random: Random): string {
  const drawn = cast(random)
  const slots = { ...drawn, Adult: capital(drawn.adult!), season: random.pick(SEASONS) }
  return expand(random.pick(templates), slots, random)
}

export const description = (random: Random): string => filled(DESCRIPTIONS, random)
export const dialogue = (random: Random): string => filled(DIALOGUES, random)
export const letter = (random: Random): string => filled(LETTERS, random)

/** A few turns of friendly talk in chat form. */
export function smallTalk(random: Random): string {
  const slots = cast(random)
  const turns = random.sample(SMALL_TALK, random.between(1, 3))
  return chat(
    random,
    turns.flat().map((turn) => expand(turn, slots, random)),
  )
}
