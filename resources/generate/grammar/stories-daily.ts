/** Plots about ordinary days: home, school, the shop, the garden. */
import { HAPPY_END, LESSON_END, OPEN, type Plot, TOGETHER_END, WHEN } from './plot.ts'

export const DAILY: readonly Plot[] = [
  {
    title: 'At the Market',
    text: `${OPEN} On {day} {hero} went to the market with {his} {adult}. They wanted to buy {few} {fruits} and some bread. [It was loud and full of people.|There were so many things to see.] {hero} stopped to look at a_ {animal}, and when {he} turned around, {his} {adult} was gone. {hero} did not cry. {he} went to a_ {job} and asked for help. "[Stay here with me|Do not worry]," said the {job}. Soon {his} {adult} came running. "[There you are|I looked for you everywhere]!" {ahe} said and hugged {him}. ${LESSON_END}`,
    questions: [
      ['Where did {hero} go?', '{hero} went to the market.'],
      ['What did they want to buy?', 'They wanted to buy {few} {fruits} and some bread.'],
      ['Whom did {hero} ask for help?', '{hero} asked a_ {job} for help.'],
    ],
  },
  {
    title: 'The First Day at School',
    text: `${OPEN} It was {his} first day at school. {hero} carried a_ {colour} bag with a_ {thing}, a pencil and a_ {fruit}. [{his} stomach felt strange.|{he} held the hand of {his} {adult} very tight.] In the classroom {he} sat down next to {friend}. "Are you new too?" asked {friend}. "Yes," said {hero}. The teacher showed them how to [write their names|count to ten|sing a song]. At noon {hero} did not want to go home. ${TOGETHER_END}`,
    questions: [
      ['What colour was the bag?', 'The bag was {colour}.'],
      ['Next to whom did {hero} sit?', '{hero} sat next to {friend}.'],
      ['What fruit was in the bag?', 'There was a_ {fruit} in the bag.'],
    ],
  },
  {
    title: '{hero} and the {farms}',
    text: `${OPEN} {his} {adult} had {few} {farms}, and {hero} had to feed them every morning. ${WHEN} {hero} [forgot it|wanted to sleep longer|went to play first]. The {farms} were hungry and made a lot of noise. One of them even [came into the house|ate a_ {thing}|walked {to}]! {hero} had to run after it with a_ {fruit} in {his} hand. "[They need you every day|An animal cannot wait]," said {his} {adult}. ${LESSON_END}`,
    questions: [
      ['How many {farms} were there?', 'There were {few} {farms}.'],
      ['When did {hero} have to feed the {farms}?', '{he} had to feed them every morning.'],
      ['Whose {farms} were they?', "They were {his} {adult}'s {farms}."],
    ],
  },
  {
    title: 'The Long Rain',
    text: `${OPEN} It rained for {few} days, and {hero} had to stay inside. "I have nothing to do," {he} said. {his} {adult} gave {him} a_ {thing}, some paper and a_ {colour} pencil. "Make something new," {ahe} said. [First {hero} only looked at the things.|At first {he} had no idea.] Then {he} made a_ {toy}, and then a little {animal}, and then a whole paper village. When the rain stopped, {hero} [did not even see it|was still at work|wanted to stay inside]. ${HAPPY_END}`,
    questions: [
      ['How long did it rain?', 'It rained for {few} days.'],
      ['What did {hero} make first?', 'First {he} made a_ {toy}.'],
      ['What colour was the pencil?', 'The pencil was {colour}.'],
    ],
  },
  {
    title: 'The {thing} Thief',
    text: `${OPEN} Every morning one {thing} was missing from the house. On Monday there were {more} {things}, and on Tuesday there were only {few}. "[We have a thief|Who takes them]?" asked {hero}. That night {he} and {friend} hid {inroom} and waited. [The clock struck ten.|For a long time nothing moved.] Then they saw a_ {colour} {pet} with a_ {thing} in its mouth! It carried the {thing} {to}, where it had made a warm bed for its little ones. "[Let it keep them|Now we know]," said {friend}. ${TOGETHER_END}`,
    questions: [
      ['What was missing?', 'One {thing} was missing every morning.'],
      ['Who was the thief?', 'The thief was a_ {colour} {pet}.'],
      ['Where did {hero} and {friend} wait?', 'They waited {inroom}.'],
      ['How many {things} were there on Monday?', 'There were {more} {things} on Monday.'],
    ],
  },
  {
    title: 'The Dark Room',
    text: `${OPEN} {he} did not like the dark. ${WHEN} {his} {adult} asked {him} to get a_ {thing} from the cellar. [{hero} stood at the stairs and did not move.|{hero} took one step and stopped.] "I will go with you," said {friend}. "[We can sing|We can count our steps]." They took a candle and went down together. There was nothing to be afraid of: only a_ {thing2}, {few} old boxes and a_ sleeping {pet}. ${TOGETHER_END}`,
    questions: [
      ['What did {hero} not like?', '{hero} did not like the dark.'],
      ['What did {hero} have to get?', '{he} had to get a_ {thing}.'],
      ['Who went with {hero}?', '{friend} went with {him}.'],
    ],
  },
  {
    title: 'The Letter',
    text: `${OPEN} ${WHEN} the postman brought a letter for {hero}. It was from {friend}, who had moved to a town far away. "[I miss you|I think of you every day]," wrote {friend}. "We have a_ {pet} now. It likes {fruits}." {hero} read the letter {few} times. Then {he} sat down {at} and wrote back. {he} put a_ dry leaf and a picture of a_ {toy} into the letter. [In the summer {friend} came to visit.|A week later, the next letter came.] ${HAPPY_END}`,
    questions: [
      ['Who wrote the letter?', '{friend} wrote the letter.'],
      ['How many times did {hero} read the letter?', '{hero} read it {few} times.'],
      ['Where did {hero} write back?', '{hero} wrote back {at}.'],
    ],
  },
  {
    title: 'A Quiet Evening',
    text: `[It was a quiet evening.|The sun went down behind the {place}.|It was {day} evening.] {hero} sat by the window with a_ {colour} {thing}. {his} {adult} [read a book|made soup|told a story about a_ {animal}]. Outside, a_ {animal2} [walked through the grass|looked for food|sat under a tree]. "[What will we do tomorrow|Where will we go tomorrow]?" asked {hero}. "We will go {to} and pick {fruits}," said {his} {adult}. {hero} closed {his} eyes and thought of the sweet {fruits}. [Soon {he} was asleep.|It was going to be a good day.|A minute later {he} was asleep.]`,
    questions: [
      ['Where will they go tomorrow?', 'They will go {to}.'],
      ['What will they pick?', 'They will pick {fruits}.'],
      ['Where did {hero} sit?', '{hero} sat by the window.'],
    ],
  },
  {
    title: 'The {size} {animal}',
    text: `${OPEN} ${WHEN} {hero} told {friend}, "I saw a_ {size} {colour} {animal} {at}." {friend} did not believe {him}. "There are no {colour} {animals}," {fhe} said. So they went {to} to look. [They walked slowly and made no noise.|They waited for an hour.] There it was, beside a tree. It was a_ {animal} that had fallen into {colour} paint! They washed it with warm water [until it was clean|and dried it with a blanket]. "You were right after all," said {friend}. ${HAPPY_END}`,
    questions: [
      ['What did {hero} see?', '{hero} saw a_ {size} {colour} {animal}.'],
      ['Where was the {animal}?', 'The {animal} was {at}.'],
      ['How did they clean the {animal}?', 'They washed it with warm water.'],
    ],
  },
]
