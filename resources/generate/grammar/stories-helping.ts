/** Plots about help, sharing and being sorry. */
import { HAPPY_END, LESSON_END, OPEN, type Plot, TOGETHER_END, WHEN } from './plot.ts'

export const HELPING: readonly Plot[] = [
  {
    title: 'Sharing the {baked}',
    text: `${OPEN} ${WHEN} {his} {adult} gave {him} a_ big {baked}. {hero} sat down {at} to eat it. [Then {friend} came by.|After a minute {friend} sat down too.|There {he} met {friend}.] {friend} had [no food|nothing to eat|forgotten {fhis} lunch]. {hero} thought for a moment. Then {he} cut the {baked} in two and gave one half to {friend}. "[Thank you, you are kind|You are a good friend|It tastes so good]," said {friend}. [Sharing made it taste even better.|The two friends ate and talked.|Soon there was not a crumb left.] ${TOGETHER_END}`,
    questions: [
      ['What did {hero} share?', '{hero} shared a_ {baked}.'],
      ['Who got the other half?', '{friend} got the other half.'],
      ['Where did they eat?', 'They ate {at}.'],
    ],
  },
  {
    title: 'The Broken {toy}',
    text: `${OPEN} ${WHEN} {hero} played with {friend}'s {colour} {toy}. [{he} dropped it, and it broke.|It fell on a stone and broke.|{he} pulled too hard, and it broke.] {hero} did not know what to do. [{he} wanted to hide it {hiding}.|First {he} hid it {hiding}.] But then {he} went to {friend} and told the truth. "I am sorry. I broke your {toy}." {friend} was sad, but {fhe} was not angry. "Thank you for telling me," {fhe} said. They fixed the {toy} together. ${LESSON_END}`,
    questions: [
      ['What broke?', 'The {colour} {toy} broke.'],
      ['Whose {toy} was it?', "It was {friend}'s {toy}."],
      ['Was {friend} angry?', 'No, {friend} was sad but not angry.'],
    ],
  },
  {
    title: 'Help for the {job}',
    text: `${OPEN} ${WHEN} {he} saw the {job}. The {job} had a heavy bag full of {fruits}. [Then the bag broke, and all the {fruits} fell to the ground.|Oh no! The bag broke, and the {fruits} rolled away.] {hero} ran to help. {he} picked up the {fruits}, one by one, and put them into a_ {container}. "How kind of you!" said the {job}. "Here are {few} {fruits} for you." {hero} [ate one|gave one to {friend}] and [took the others home|saved the rest]. ${TOGETHER_END}`,
    questions: [
      ['What was in the bag?', 'The bag was full of {fruits}.'],
      ['Whom did {hero} help?', '{hero} helped the {job}.'],
      ['How many {fruits} did {hero} get?', '{hero} got {few} {fruits}.'],
    ],
  },
  {
    title: 'The Gift',
    text: `${OPEN} Tomorrow was {friend}'s birthday, and {hero} had no gift. {he} had only {few} coins. {hero} went to the shop, but [everything cost too much|a_ {toy} cost ten coins|the shop was closed]. Then {he} had an idea. {he} took some paper and some {colour} paint and made a_ {thing}. The next day {friend} opened the gift. "You made this {thing} for me? [I love it|It is the best gift of all|It is wonderful]!" {fhe} said. ${TOGETHER_END}`,
    questions: [
      ['Whose birthday was it?', "It was {friend}'s birthday."],
      ['What did {hero} make?', '{hero} made a_ {thing}.'],
      ['How many coins did {hero} have?', '{hero} had {few} coins.'],
    ],
  },
  {
    title: 'The Sick Friend',
    text: `${OPEN} ${WHEN} {hero} waited for {friend}, but {friend} did not come. {fhe} was ill and had to stay in bed. "[What can I do|How can I help]?" {hero} asked {his} {adult}. They made a pot of soup and picked {few} {fruits}. Then {hero} went to see {friend}. {he} told {fhim} a funny story about a_ {animal} and a_ {animal2}. {friend} [laughed and laughed|laughed for the first time that day|felt better at once]. In a few days {fhe} was well again. ${HAPPY_END}`,
    questions: [
      ['Who was ill?', '{friend} was ill.'],
      ['What was the funny story about?', 'The story was about a_ {animal} and a_ {animal2}.'],
      ['What did they make?', 'They made a pot of soup.'],
    ],
  },
  {
    title: 'The Angry Words',
    text: `${OPEN} ${WHEN} {hero} and {friend} both wanted the {colour} {toy}. "[It is mine|I had it first|Give it to me]!" said {hero}. "No, [it is mine|I saw it first|you had it yesterday]!" said {friend}. They pulled at the {toy} until {his} {adult} came. "[You can take turns|Why not play together|Each of you may have it for a while]," {ahe} said. So {hero} played with it first, and then {friend} did. [It was easy after all.|It was much more fun than to fight.] "I am sorry," said {hero}. "So am I," said {friend}. ${LESSON_END}`,
    questions: [
      ['What did they both want?', 'They both wanted the {colour} {toy}.'],
      ['Who told them what to do?', 'It was {his} {adult}.'],
      ['Who played with the {toy} first?', '{hero} played with it first.'],
    ],
  },
  {
    title: 'The New {fkind}',
    text: `${OPEN} ${WHEN} a new {fkind} came {to}. {fhis} name was {friend}. {friend} was shy and stood alone. Nobody talked to {fhim}. [{hero} remembered how that felt.|{hero} saw this and went over.] "Hello, I am {hero}. Do you like {toys}?" {he} asked. {friend} smiled and said yes. They played with a_ {colour} {toy} until the sun went down. "[Will you come again tomorrow|Can we play tomorrow too]?" asked {friend}. "Of course!" said {hero}. ${TOGETHER_END}`,
    questions: [
      ['What was the name of the new {fkind}?', '{fhis} name was {friend}.'],
      ['What did they play with?', 'They played with a_ {colour} {toy}.'],
      ['Who talked to {friend}?', '{hero} talked to {friend}.'],
    ],
  },
  {
    title: 'A Bridge for the {animals}',
    text: `${OPEN} ${WHEN} heavy rain fell, and the water {byriver} was high. {few} little {animals} could not get across. "[They need a bridge|We must help them]," said {hero}. {he} and {friend} took long sticks and a_ rope and began to work. [It was hard work.|They worked until noon.|Twice the sticks fell down, but they did not give up.] At last the bridge was ready. One after another, the {animals} walked across. ${TOGETHER_END}`,
    questions: [
      ['Who could not get across?', 'The {animals} could not get across.'],
      ['How many {animals} were there?', 'There were {few} {animals}.'],
      ['What did they build?', 'They built a bridge.'],
    ],
  },
]
