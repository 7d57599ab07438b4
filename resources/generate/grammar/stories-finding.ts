/** Plots about losing, searching and finding. */
import { HAPPY_END, LESSON_END, OPEN, type Plot, TOGETHER_END, WHEN } from './plot.ts'

export const FINDING: readonly Plot[] = [
  {
    title: 'The Lost {thing}',
    text: `${OPEN} {hero} had a_ {colour} {thing} that {he} [loved very much|took everywhere|kept close all day]. ${WHEN} the {thing} was gone. {hero} looked {at} and {inroom}, but {he} could not find it. [{friend} came to help.|"I will help you," said {friend}.|Then {he} asked {his} friend {friend} for help.] They looked [and looked|everywhere|for a long time]. At last {friend} found the {thing} {hiding}. "[Thank you|Oh, thank you], {friend}!" said {hero}. ${TOGETHER_END}`,
    questions: [
      ['What did {hero} lose?', '{hero} lost a_ {colour} {thing}.'],
      ['Who found the {thing}?', '{friend} found the {thing}.'],
      ['Where was the {thing}?', 'The {thing} was {hiding}.'],
      ['What colour was the {thing}?', 'The {thing} was {colour}.'],
    ],
  },
  {
    title: 'A_ {thing} in the Sand',
    text: `${OPEN} ${WHEN} {he} went {to} [alone|with {his} {adult}|to play]. There {he} saw something {colour} on the ground. It was a_ {look} {thing}! "Whose {thing} is this?" {he} asked. [Nobody knew.|No one was near.|{he} looked around.] Then {hero} saw a_ {job} who looked sad. "I lost my {thing}," said the {job}. {hero} gave it back at once. [The {job} was so glad that {hero} got a_ {baked} as a gift.|To say thank you, the {job} gave {him} a_ {fruit}.|"You are very honest," said the {job} with a smile.] ${HAPPY_END}`,
    questions: [
      ['What did {hero} find?', '{hero} found a_ {look} {thing}.'],
      ['Who had lost the {thing}?', 'The {job} had lost the {thing}.'],
      ['Where did {hero} go?', '{hero} went {to}.'],
    ],
  },
  {
    title: 'The Secret Box',
    text: `${OPEN} ${WHEN} {hero} found an old box {inroom}. The box was [closed and heavy|full of dust|locked]. "What is inside?" {he} asked. {his} {adult} did not know. [{hero} tried to open it, but it was too hard.|{hero} pulled and pulled, but the lid stayed shut.] Then {friend} came with a_ small key. [Click! The box was open.|The key was just right.] Inside the box was a_ {colour} {thing}. It had belonged to {his} grandmother. ${TOGETHER_END}`,
    questions: [
      ['Where did {hero} find the box?', '{hero} found the box {inroom}.'],
      ['What was inside the box?', 'A_ {colour} {thing} was inside the box.'],
      ['Who brought the key?', '{friend} brought the key.'],
    ],
  },
  {
    title: 'The Lost {pet}',
    text: `${OPEN} ${WHEN} {hero} heard a small sound {at}. It was a little {pet}. The {pet} was [lost and hungry|all alone|cold and afraid]. "Do not be afraid," said {hero}. {he} gave the {pet} [some water|a_ piece of {fruit}|a warm place to sleep] and asked {friend} what to do. "Let us look for its mother," said {friend}. So they walked from the {place} to the {place2}. There they found the mother, and the little {pet} [ran to her|was safe again|was not alone any more]. ${TOGETHER_END}`,
    questions: [
      ['What did {hero} find?', '{hero} found a little {pet}.'],
      ['Where was the little {pet}?', 'It was {at}.'],
      ['Where did they find the mother?', 'They found the mother {at2}.'],
    ],
  },
  {
    title: 'The Map',
    text: `${OPEN} ${WHEN} {hero} and {friend} found an old map {hiding}. It showed a way [across the {place}|past the {place}] {to2}. "Let us go and see!" said {friend}. They walked [all morning|for an hour|a long way]. {hero} carried a_ {thing2}, and {friend} carried a_ bag of {fruits}. Near a big tree they began to dig. [After a while they hit something hard.|Soon they saw something in the earth.] It was a box with {few} {colour} {things}! They [shared them|took them home|counted them twice]. ${TOGETHER_END}`,
    questions: [
      ['What did {hero} and {friend} find first?', 'First they found an old map.'],
      ['What was in the box?', 'There were {few} {colour} {things} in the box.'],
      ['How many {things} were in the box?', 'There were {few} {things} in the box.'],
      ['What did {friend} carry?', '{friend} carried a bag of {fruits}.'],
    ],
  },
  {
    title: 'Where Is the {toy}?',
    text: `${OPEN} {his} best toy was a_ {colour} {toy}. ${WHEN} {hero} left the {toy} {at} [and went home|because it began to rain|when {his} {adult} called {him}]. At night {he} could not sleep. "My {toy} is all alone," {he} said. {his} {adult} took a_ lamp, and they went back together. The {toy} was still there, {hiding}. ["You must look after your things," said {his} {adult}.|"Next time, bring it home," said {his} {adult}.] ${LESSON_END}`,
    questions: [
      ["What was {hero}'s best toy?", 'It was a_ {colour} {toy}.'],
      ['Where did {hero} leave the {toy}?', '{hero} left the {toy} {at}.'],
      ['Who went back with {hero}?', '{his} {adult} went back with {him}.'],
    ],
  },
  {
    title: 'The Old {thing}',
    text: `${OPEN} ${WHEN} {hero} went to a shop to buy a_ {thing}. The new ones cost too much. In a corner {he} saw an old {colour} {thing}. "Nobody wants this one," said the man in the shop. "[You may have it|Take it] for one coin." {hero} took it home and [cleaned it with care|washed it and painted it|worked on it all evening]. The next day the {thing} looked like new. "Where did you get that?" asked {friend}. "[It is beautiful|I want one too|What a find]!" ${TOGETHER_END}`,
    questions: [
      ['What did {hero} buy?', '{hero} bought an old {colour} {thing}.'],
      ['How much did the {thing} cost?', 'It cost one coin.'],
      ['Who liked the {thing}?', '{friend} liked the {thing}.'],
    ],
  },
]
