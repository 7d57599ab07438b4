/** The built-in tokenizer in the JavaScript library: exact round trips, special tokens, single digits, chat template. */
import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { corpus } from './corpus.ts'
import {
  CHAT_TEMPLATE,
  MODEL,
  parameterCount,
  tokenizerConfig,
  tokenizerJson,
  VOCABULARY,
} from './model-files.ts'
import { SPECIAL_TOKENS } from './special-tokens.ts'
import { byteAlphabet, trainBpe } from './train-bpe.ts'
import { trainTokenizer } from './train-tokenizer.ts'

const bpe = trainTokenizer()
const tokenizer = new Tokenizer(tokenizerJson(bpe), tokenizerConfig())
const encode = (text: string): number[] => tokenizer.encode(text).ids
const roundTrip = (text: string): string => {
  const ids = encode(text)
  return ids.length === 0
    ? ''
    : tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false })
}

describe('training', () => {
  it('learns the most frequent pairs first (ties in sorting order) and stops when nothing is left', () => {
    const small = trainBpe(['ab ab ab ac'], 300)
    expect(small.merges.slice(0, 2)).toEqual([
      ['a', 'b'],
      ['Ġ', 'ab'],
    ])
    expect(small.symbols.length).toBeLessThan(300)
  })

  it('has all 256 bytes, once each', () => {
    expect(new Set(byteAlphabet()).size).toBe(256)
    expect(bpe.symbols.slice(0, 256)).toEqual(byteAlphabet())
    expect(new Set([...SPECIAL_TOKENS, ...bpe.symbols]).size).toBe(VOCABULARY)
  })
})

describe('tokenizer', () => {
  it('gives back any text exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => roundTrip(text) === text),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => roundTrip(text) === text),
      { numRuns: 500 },
    )
  })

  it('gives back the corpus exactly, in few tokens', () => {
    const texts = [...corpus(99, 400)]
    expect(texts.filter((text) => roundTrip(text) !== text)).toEqual([])
    const characters = texts.join('').length
    const tokens = texts.reduce((sum, text) => sum + encode(text).length, 0)
    expect(characters / tokens).toBeGreaterThan(3.5)
  })

  it('has one id per special token, from 0', () => {
    expect(SPECIAL_TOKENS.map((token) => encode(token))).toEqual(SPECIAL_TOKENS.map((_, id) => [id]))
  })

  it('cuts numbers into single digits', () => {
    expect(tokenizer.tokenize('In 2048 there')).toEqual(['In', 'Ġ', '2', '0', '4', '8', 'Ġthere'])
  })
})

describe('model', () => {
  it('has between one and four million parameters', () => {
    expect(parameterCount()).toBe(2_656_704)
    expect(MODEL.vocab_size).toBe(encode('<|assistant|>').length - 1 + VOCABULARY)
  })

  it('renders a chat as the corpus writes it', () => {
    const messages = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi!' },
      { role: 'assistant', content: 'Hello!' },
      { role: 'user', content: 'Bye.' },
    ]
    const text = '<|system|>Be kind.<|user|>Hi!<|assistant|>Hello!<|endoftext|><|user|>Bye.'
    const template = new Template(CHAT_TEMPLATE)
    expect(template.render({ messages })).toBe(text)
    expect(template.render({ messages, add_generation_prompt: true })).toBe(`${text}<|assistant|>`)
  })
})
