/** The shape of a story plot, and the openings and endings that all plots share. */

/** A story template with questions whose answers follow from its slots. */
export interface Plot {
  readonly title: string
  readonly text: string
  /** Question and full-sentence answer; both use the slots of the same story. */
  readonly questions: readonly (readonly [question: string, answer: string])[]
}

/** First sentence: who the story is about. */
export const OPEN =
  '[Once there was a_ {trait} {kind} [named|called] {hero}.|There was once a_ {trait} {kind} [named|called] {hero}.|Once upon a time, there was a_ {kind} [named|called] {hero}.|{hero} was a_ {trait} {kind} who lived [near the {place2}|in a small house near the {place2}|with {his} {adult}].|A_ {trait} {kind} [named|called] {hero} lived [near the {place2}|with {his} {adult}].|In a small house near the {place2} lived a_ {trait} {kind} [named|called] {hero}.|{hero} was a_ {trait} and {trait2} {kind}.|A long time ago, a_ {trait} {kind} [named|called] {hero} lived near the {place2}.|Near the {place2} lived a_ {kind} [named|called] {hero}.|This is the story of {hero}, a_ {trait} {kind}.|Everyone near the {place2} knew {hero}, the {trait} {kind}.|{hero} the {kind} was known to be {trait} and {trait2}.|{hero} was a_ {kind}. {he} was {trait} and {trait2}.]'

/** When it happened, followed by a comma. */
export const WHEN =
  '[One day|One morning|One afternoon|One sunny day|One cold morning|On {day}|One {day} morning|Late one afternoon|Early one morning|One windy day|On a warm {day} afternoon|After breakfast|After a long walk|On a grey and rainy day|One day in spring|One day in autumn|On the last day of summer],'

/** Last sentence when all is well. */
export const HAPPY_END =
  '[{hero} was very happy.|It was the best day of the week.|{he} smiled all the way home.|That night {hero} slept well.|Everyone was happy.|"What a good day!" said {hero}.|{hero} could not stop smiling.|{he} never forgot that day.|{hero} felt warm and happy inside.|At home, {he} told {his} {adult} all about it.|It was a day to remember.|And so the day ended well.]'

/** Last sentence when hero and friend are together. */
export const TOGETHER_END = `[${HAPPY_END}|${HAPPY_END}|From that day on, {hero} and {friend} were best friends.|They laughed and went home together.|They both went to bed happy.|{friend} laughed, and so did {hero}.|"We make a good team," said {friend}.|"Let us do this again," said {friend}.]`

/** Last sentence with a lesson learned. */
export const LESSON_END =
  '[{hero} had learned [something new|a good lesson] that day.|After that, {hero} was always more careful.|{hero} never did it again.|"I will remember that," said {hero}.|{hero} thought about it for a long time.|"Next time I will think first," said {hero}.|{hero} nodded and said, "Now I understand."|And {hero} kept that promise.]'
