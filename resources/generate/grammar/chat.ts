/** The chat form of a document, in the special tokens of the built-in tokenizer. */
import type { Random } from '../random.ts'
import { ASSISTANT, END, SYSTEM, USER } from '../special-tokens.ts'

const SYSTEM_LINES = [
  'You are a kind helper.',
  'You answer in short and simple sentences.',
  'You help children to learn.',
  'Answer with care.',
  'You are a friendly teacher.',
  'You know many stories.',
]

/** `turns` alternate between user and assistant, starting with the user; an odd count is a programming error. */
export function chat(random: Random, turns: readonly string[]): string {
  if (turns.length % 2 !== 0) throw new RangeError('a chat needs an answer for every question')
  const body = turns.map((text, i) => (i % 2 === 0 ? `${USER}${text}` : `${ASSISTANT}${text}${END}`)).join('')
  return random.chance(0.1) ? `${SYSTEM}${random.pick(SYSTEM_LINES)}${body}` : body
}
