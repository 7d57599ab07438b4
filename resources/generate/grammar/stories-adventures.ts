/** Plots about trips, weather, animals and small adventures. */
import { HAPPY_END, LESSON_END, OPEN, type Plot, TOGETHER_END, WHEN } from './plot.ts'

export const ADVENTURES: readonly Plot[] = [
  {
    title: 'The Big Storm',
    text: `${OPEN} ${WHEN} {hero} and {friend} played {at}. Suddenly the sky became dark. [The wind blew hard, and rain began to fall.|There was a loud noise, and it started to rain.] "Quick, {toroom}!" said {friend}. They ran as fast as they could. {inroom} it was dry and warm. They [told stories|played with a_ {toy}|ate {fruits}] until the storm was over. When they came out, there was a rainbow over the {place2}. ${TOGETHER_END}`,
    questions: [
      ['Where did {hero} and {friend} play at first?', 'They played {at}.'],
      ['Where did they run?', 'They ran {toroom}.'],
      ['What did they see after the storm?', 'They saw a rainbow.'],
    ],
  },
  {
    title: 'The {animal} Who Took the {baked}',
    text: `${OPEN} ${WHEN} {hero} put a_ {baked} on the table and went out to get some milk. When {he} came back, the {baked} was gone. "[Who took my {baked}|Where is my {baked}]?" asked {hero}. {he} looked at {friend}, but {friend} [shook {fhis} head|said no|had not seen it]. Then they saw crumbs on the floor. They followed the crumbs {to}. There sat a_ fat {animal} with sugar on its nose! [They had to laugh.|It did not look sorry at all.|{hero} could not be angry for long.] ${TOGETHER_END}`,
    questions: [
      ['What was gone?', 'The {baked} was gone.'],
      ['Who took the {baked}?', 'A_ fat {animal} took the {baked}.'],
      ['What did they follow?', 'They followed the crumbs.'],
    ],
  },
  {
    title: 'A Trip to the {place}',
    text: `${OPEN} On {day} {he} went {to} with {his} {adult}. They took {few} {bakeds} and a bottle of water. [First they saw a_ {animal}, and then they saw {few} {animals2}.|On the way they counted the {animals} and the {animals2}.|They saw many {animals} and one big {animal2}.] At noon they sat down in the grass and ate. {hero} found a_ {look} {thing} and asked if {he} could keep it. "[Yes, you may|Of course you may|If nobody comes for it, it is yours]," said {his} {adult}. In the evening they walked home, tired but happy.`,
    questions: [
      ['Where did {hero} go?', '{hero} went {to}.'],
      ['When did {hero} go {to}?', '{hero} went there on {day}.'],
      ['What did {hero} find?', '{hero} found a_ {look} {thing}.'],
      ['How many {bakeds} did they take?', 'They took {few} {bakeds}.'],
    ],
  },
  {
    title: 'The Race',
    text: `${OPEN} ${WHEN} there was a race from the {place} to the {place2}. {hero} and {friend} both wanted to win. "One, two, three, go!" {hero} was [faster|ahead from the start|the first to reach the trees]. But then {friend} fell and hurt {fhis} knee. {hero} stopped. [{he} could win now, but {he} went back.|{he} looked at the finish, and then {he} ran back.] {he} helped {friend} to stand up, and they walked to the end together. A_ {animal} won the race, and [everybody laughed|nobody minded|they all cheered]. ${TOGETHER_END}`,
    questions: [
      ['Who fell?', '{friend} fell.'],
      ['Who won the race?', 'A_ {animal} won the race.'],
      ['Where did the race end?', 'It ended at the {place2}.'],
    ],
  },
  {
    title: 'The Snow',
    text: `${OPEN} One winter morning everything was white. "Snow!" shouted {hero}. {he} put on {his} {colour} coat and ran {to}. There {he} met {friend}, and together they made a snowman. For the eyes they took two {colour2} buttons, and for the nose they took a carrot. {friend} put {fhis} old hat on its head. [In the night a hungry {animal} came and ate the carrot.|The next day the sun came out, and the snowman became smaller and smaller.] "[We will make a new one|It does not matter]," said {hero}. ${TOGETHER_END}`,
    questions: [
      ['What did they make?', 'They made a snowman.'],
      ['What colour was the coat?', 'The coat was {colour}.'],
      ['What did they take for the nose?', 'They took a carrot for the nose.'],
    ],
  },
  {
    title: 'The Noise in the Night',
    text: `${OPEN} One night {hero} woke up. There was a noise {inroom}. [Bump, bump, bump!|Knock, knock, knock!|Scratch, scratch, scratch!] {hero} was afraid, but {he} took a_ {thing} and a lamp and went to look. [{his} heart beat fast.|The floor was cold, and {he} walked on tiptoe.] {he} opened the door. It was only a little {pet}! It had come in to look for {fruits}. {hero} laughed. {he} let the {pet} out and went back to bed. ${HAPPY_END}`,
    questions: [
      ['Where was the noise?', 'The noise was {inroom}.'],
      ['What made the noise?', 'A little {pet} made the noise.'],
      ['What did the {pet} look for?', 'It looked for {fruits}.'],
    ],
  },
  {
    title: 'The Wrong Bag',
    text: `${OPEN} ${WHEN} {hero} came home from the station with a_ {colour} bag. {he} opened it and was surprised. Inside were {few} {things} and a_ {thing2}. "[This is not my bag|These are not my things]!" {he} said. Just then someone knocked. It was a_ {job} who also had a_ {colour} bag. "[I think I have your bag|We have changed our bags]," said the {job}. They both laughed and gave the bags back. ${LESSON_END}`,
    questions: [
      ['What colour was the bag?', 'The bag was {colour}.'],
      ['Who knocked?', 'A_ {job} knocked.'],
      ['How many {things} were in the bag?', 'There were {few} {things} in the bag.'],
    ],
  },
  {
    title: 'The {animal} and the {animal2}',
    text: `[Long ago|Once upon a time|Once], a_ {animal} and a_ {animal2} lived {at}. The {animal} was {trait}, and the {animal2} was {trait2}. ${WHEN} they found a_ {fruit} in the grass. "It is mine," said the {animal}. "No, it is mine," said the {animal2}. [While they talked, a_ {kind} came and ate the {fruit}.|They talked so long that a_ {kind} came and took the {fruit}.] The {animal} looked at the {animal2}. "[We should have shared it|Next time we will share]," said the {animal2}. [From that day on they shared everything.|And so they did.|The next {fruit} they cut in two.]`,
    questions: [
      ['Who lived {at}?', 'A_ {animal} and a_ {animal2} lived {at}.'],
      ['What did they find?', 'They found a_ {fruit}.'],
      ['Who took the {fruit}?', 'A_ {kind} took the {fruit}.'],
    ],
  },
  {
    title: 'The Late Bus',
    text: `${OPEN} ${WHEN} {hero} wanted to visit {his} {adult} by bus. {he} waited by the road with a_ {colour} {thing} in {his} hand. The bus did not come. {he} waited and waited. Then a_ {job} stopped and said, "The bus is broken. [It will be late|It will not come today]." [So {hero} walked all the way.|So {hero} took the long way on foot.] On the way {he} met {friend}, who was going {to}. They walked together, and the time went by quickly. ${TOGETHER_END}`,
    questions: [
      ['Why did the bus not come?', 'The bus was broken.'],
      ['Whom did {hero} meet on the way?', '{hero} met {friend}.'],
      ['What did {hero} have in {his} hand?', '{hero} had a_ {colour} {thing}.'],
    ],
  },
  {
    title: 'The Wish',
    text: `${OPEN} ${WHEN} {hero} saw a_ {pet} in a net {at}. {he} cut the rope and set it free. "Thank you," said the {pet}. "You may have one wish." {hero} [was very surprised|could not believe it|thought for a long time]. {he} could ask for gold or for a_ {colour} {thing}. But {he} thought of {friend}, who was [ill|sad|far away]. "I wish that {friend} is well and happy," {he} said. [The {pet} smiled and was gone.|"That is a good wish," said the {pet}.] When {hero} came home, {friend} stood at the door[, strong and well|, well again| and smiled]. ${HAPPY_END}`,
    questions: [
      ['What did {hero} see?', '{hero} saw a_ {pet} in a net.'],
      ['How many wishes did {hero} get?', '{hero} got one wish.'],
      ['Of whom did {hero} think?', '{hero} thought of {friend}.'],
    ],
  },
]
