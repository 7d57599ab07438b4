/** Plots about making, growing and learning things. */
import { LESSON_END, OPEN, type Plot, TOGETHER_END, WHEN } from './plot.ts'

export const MAKING: readonly Plot[] = [
  {
    title: 'The Little Seed',
    text: `${OPEN} ${WHEN} {hero} planted a small seed {at}. {he} gave it water every day. [For a week nothing happened.|At first nothing could be seen.] "[Be patient|Wait a little longer|Good things take time]," said {his} {adult}. Then, on {day}, there was a tiny green leaf. The plant grew and grew. In the summer it was [taller than {hero}|as tall as the door], and it had {few} {colour} flowers. {hero} gave one flower to {friend}. ${TOGETHER_END}`,
    questions: [
      ['What did {hero} plant?', '{hero} planted a small seed.'],
      ['How many flowers did the plant have?', 'It had {few} flowers.'],
      ['What colour were the flowers?', 'The flowers were {colour}.'],
      ['Who got a flower?', '{friend} got a flower.'],
    ],
  },
  {
    title: 'How to Bake a {baked}',
    text: `${OPEN} ${WHEN} {hero} wanted to bake a_ {baked} for {friend}. {his} {adult} helped {him}. They took flour, milk, sugar and {few} eggs. {hero} [mixed everything in a big bowl|broke the eggs with care], and {his} {adult} put the {baked} into the oven. [But they talked too long, and the {baked} became black.|But {hero} forgot the sugar, and the first {baked} tasted bad.] So they tried again. The second {baked} was [perfect|golden and sweet|just right]. {friend} ate [two pieces|a big piece|every bit of it]. ${TOGETHER_END}`,
    questions: [
      ['What did {hero} bake?', '{hero} baked a_ {baked}.'],
      ['How many eggs did they take?', 'They took {few} eggs.'],
      ['For whom was the {baked}?', 'The {baked} was for {friend}.'],
    ],
  },
  {
    title: 'The {colour} Kite',
    text: `${OPEN} ${WHEN} {hero} made a kite from {colour} paper. {he} ran {to} to fly it. [But there was no wind, and the kite fell down.|The wind was too weak, and the kite would not fly.] {hero} was sad and sat down on a stone. "Wait until the afternoon," said {friend}. [They played with a_ {toy} while they waited.|They ate {fruits} and waited.] Then the wind came. The {colour} kite went up, higher than the trees. "[Look, it is flying|Hold on tight|It works]!" shouted {friend}. ${TOGETHER_END}`,
    questions: [
      ['What did {hero} make?', '{hero} made a kite.'],
      ['What colour was the kite?', 'The kite was {colour}.'],
      ['Where did {hero} go?', '{hero} went {to}.'],
    ],
  },
  {
    title: '{hero} Learns to Swim',
    text: `${OPEN} {he} was afraid of the water. All {his} friends could swim, but {hero} only watched them. ${WHEN} {his} {adult} took {him} to the lake. "[Hold my hand|I will stay beside you|Take one step at a time]," {ahe} said. First {hero} put one foot in the water. It was [cold|cool and clear]. Then {he} went in up to {his} chest. [Every day {he} tried a little more.|Day after day they came back.] By the end of {few} weeks {he} could swim to the big stone. {friend} clapped. "You did it!" ${TOGETHER_END}`,
    questions: [
      ['What was {hero} afraid of?', '{hero} was afraid of the water.'],
      ['How long did it take to learn?', 'It took {few} weeks.'],
      ['Who clapped?', '{friend} clapped.'],
    ],
  },
  {
    title: 'The Picture',
    text: `${OPEN} {he} loved to paint. ${WHEN} {hero} painted a_ {colour} {animal} {at}. "Why is the {animal} {colour}?" asked {friend}. "[Real {animals} do not look like that|That is strange]." {hero} was not sure what to say. Then the teacher came and looked at the picture for a long time. "In a picture, everything can be any colour," she said. She put it on the wall for all to see. [Soon {friend} painted a_ {colour2} {animal2}.|The next day {friend} painted {fhis} own {animal2}.] ${TOGETHER_END}`,
    questions: [
      ['What did {hero} paint?', '{hero} painted a_ {colour} {animal}.'],
      ['Who asked about the picture?', '{friend} asked about the picture.'],
      ['What did {friend} paint?', '{friend} painted a_ {animal2}.'],
    ],
  },
  {
    title: 'The Tree House',
    text: `${OPEN} ${WHEN} {hero} and {friend} wanted to build a house in a tree {at}. They asked {his} {adult} for wood. "You may use the old boards in the [barn|shed|attic]," {ahe} said. They worked for {few} days. {hero} held the boards, and {friend} used the hammer. [Once {friend} hit {fhis} thumb, but it was not bad.|On the second day it rained, and they had to stop.] When the house was ready, they painted the door {colour}. Inside they put a_ {thing} and a_ {thing2}. ${TOGETHER_END}`,
    questions: [
      ['What did they build?', 'They built a house in a tree.'],
      ['How long did they work?', 'They worked for {few} days.'],
      ['What colour was the door?', 'The door was {colour}.'],
      ['Who used the hammer?', '{friend} used the hammer.'],
    ],
  },
  {
    title: 'The Song',
    text: `${OPEN} {he} wanted to sing at the school party, but {he} was too shy. ${WHEN} {hero} sat {at} and sang a song for a_ {pet}. [{he} thought that nobody could hear {him}.|Nobody else was there, or so {he} thought.] But {friend} stood {hiding} and heard every word. "That was lovely!" said {friend}. "[Sing it with me|I can sing with you|We could sing it together]." So on {day} they stood side by side and sang. [Everyone clapped for a long time.|The whole room was quiet, and then all clapped.] ${TOGETHER_END}`,
    questions: [
      ['Why did {hero} not want to sing?', '{hero} was too shy.'],
      ['Who heard the song?', '{friend} heard the song.'],
      ['When did they sing together?', 'They sang together on {day}.'],
    ],
  },
  {
    title: 'Too Many {toys}',
    text: `${OPEN} {he} had {more} {toys}, but {he} never put them away. They lay on the floor, on the bed and {hiding}. ${WHEN} {his} {adult} came in, stepped on a_ {toy} and nearly fell. "[This has to change|Please clean your room|Look at this room]," {ahe} said. {hero} began to work. [It took the whole afternoon.|It was not as bad as {he} thought.] Under the bed {he} found the {thing} that {he} had lost long ago! ${LESSON_END}`,
    questions: [
      ['How many {toys} did {hero} have?', '{hero} had {more} {toys}.'],
      ['What did {hero} find under the bed?', '{hero} found a_ {thing} under the bed.'],
      ['Who nearly fell?', 'It was {his} {adult}.'],
    ],
  },
]
