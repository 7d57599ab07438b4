/** Steps of tokenizer.json that no golden tokenizer has, and what must hold for any text. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { alignedText } from './aligned-text.ts'
import { decodeStream } from './decode-stream.ts'
import { loadTokenizer } from './load-tokenizer.ts'
import { modelOf } from './model.ts'
import { normalizer } from './normalizers.ts'
import { preTokenizer } from './pre-tokenizers.ts'
import type { Step } from './step.ts'

const golden = new URL('../golden-data/tokenizers/', import.meta.url).pathname
const normal = (step: Step, text: string) => normalizer(step)(alignedText(text, true)).text
const words = (step: Step, text: string) =>
  preTokenizer(step)(alignedText(text, true), true).map((word) => word.text)

describe('normalizers', () => {
  test.each([
    [{ type: 'Nmt' }, 'a\u0001b\u200Bc\uFEFFd', 'ab c d'],
    [{ type: 'ByteLevel' }, 'é ', 'ÃĠ'.replace('Ã', 'Ã©')],
    [{ type: 'Strip', strip_left: true, strip_right: true }, '\u00a0x\uFEFF ', 'x\uFEFF'],
    [{ type: 'Lowercase' }, 'ΟΔΟΣ', 'οδοσ'],
    [{ type: 'StripAccents' }, 'e\u0301', 'e'],
    [{ type: 'BertNormalizer' }, 'É\u{20000}\u{20001}x\u0007', 'e \u{20000}  \u{20001} x'],
  ])('%j', (step, text, want) => {
    expect(normal(step, text)).toBe(want)
  })
})

describe('pre-tokenizers', () => {
  const split = (behavior: string, invert = false): Step => ({
    type: 'Split',
    pattern: { String: '-' },
    behavior,
    invert,
  })
  test.each([
    [split('Removed'), ['the', 'final', '', 'countdown'].filter(Boolean)],
    [split('Isolated'), ['the', '-', 'final', '-', '-', 'countdown']],
    [split('MergedWithPrevious'), ['the-', 'final-', '-', 'countdown']],
    [split('MergedWithNext'), ['the', '-final', '-', '-countdown']],
    [split('Contiguous'), ['the', '-', 'final', '--', 'countdown']],
    [split('Removed', true), ['-', '-', '-']],
    [{ type: 'CharDelimiterSplit', delimiter: '-' }, ['the', 'final', 'countdown']],
    [{ type: 'Punctuation' }, ['the', '-', 'final', '-', '-', 'countdown']],
    [{ type: 'FixedLength', length: 7 }, ['the-fin', 'al--cou', 'ntdown']],
  ] as [Step, string[]][])('%j', (step, want) => {
    expect(words(step, 'the-final--countdown')).toEqual(want)
  })

  test('digits, words and Metaspace', () => {
    expect(words({ type: 'Digits', individual_digits: true }, 'a12')).toEqual(['a', '1', '2'])
    expect(words({ type: 'Digits' }, 'a12')).toEqual(['a', '12'])
    expect(words({ type: 'Whitespace' }, 'né à, b')).toEqual(['né', 'à', ',', 'b'])
    expect(words({ type: 'Metaspace', prepend_scheme: 'first' }, 'a b')).toEqual(['▁a', '▁b'])
    expect(words({ type: 'Metaspace', prepend_scheme: 'never', split: false }, 'a b')).toEqual(['a▁b'])
  })
})

describe('models', () => {
  test('WordLevel, and byte fallback of Unigram', () => {
    const wordLevel = modelOf({ type: 'WordLevel', vocab: { a: 0, '<unk>': 1 } })
    expect([wordLevel.tokens('a'), wordLevel.tokens('b')]).toEqual([
      [{ id: 0, start: 0, end: 1 }],
      [{ id: 1, start: 0, end: 1 }],
    ])
    const vocab = ['<unk>', 'a', '<0xC3>', '<0xA9>'].map((piece, i) => [piece, -i])
    const unigram = modelOf({ type: 'Unigram', vocab, unk_id: 0, byte_fallback: true })
    expect(unigram.tokens('aéb').map(({ id }) => id)).toEqual([1, 2, 3, 0])
  })
})

describe('any text', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  test.each(['gpt2', 'llama3', 'gemma'])('%s gives it back, token by token too', async (name) => {
    const tokenizer = await loadTokenizer(golden + name)
    const plain = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((t) => !t.includes('▁'))
    fc.assert(
      fc.property(plain, (given) => {
        const ids = tokenizer.encode(given, { addSpecialTokens: false })
        expect(tokenizer.decode(ids)).toBe(given)
        const stream = decodeStream(tokenizer)
        expect(ids.map((id) => stream.push(id)).join('') + stream.end()).toBe(given)
      }),
    )
  })

  test.each(['bert', 'gemma', 'gpt2', 'llama2', 'llama3', 'qwen2', 't5', 't5_precompiled'])(
    '%s: offsets lie in the text and never go back',
    async (name) => {
      const tokenizer = await loadTokenizer(golden + name)
      fc.assert(
        fc.property(text, (given) => {
          const { ids, offsets } = tokenizer.encodeWithOffsets(given, { addSpecialTokens: false })
          expect(tokenizer.encode(given, { addSpecialTokens: false })).toEqual(ids)
          let last = 0
          for (const [start, end] of offsets) {
            expect(end).toBeLessThanOrEqual([...given].length)
            expect(start).toBeLessThanOrEqual(end)
            expect(end).toBeGreaterThanOrEqual(last)
            last = end
          }
        }),
      )
    },
  )
})

describe('folders as they are on the Hub', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hub-'))
  afterAll(() => rm(folder, { recursive: true }))
  const model = { type: 'WordLevel', vocab: { a: 0, '<s>': 1 }, unk_token: 'a' }
  const write = (name: string, value: unknown) =>
    writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))

  test('special tokens only the configuration knows, and templates', async () => {
    await write('tokenizer.json', { model })
    await write('tokenizer_config.json', {
      bos_token: '<s>',
      pad_token: { content: '<pad>', lstrip: false },
      added_tokens_decoder: { 5: { content: '<x>', special: true } },
      chat_template: [
        { name: 'tool_use', template: 'tools' },
        { name: 'default', template: 'plain' },
      ],
    })
    const tokenizer = await loadTokenizer(folder)
    expect([tokenizer.bosId, tokenizer.eosId, tokenizer.padId, tokenizer.tokenId('<x>')]).toEqual([
      1,
      null,
      6,
      5,
    ])
    expect(tokenizer.encode('a<s><x>')).toEqual([0, 1, 5])
    expect(tokenizer.chatTemplate).toBe('plain')
    await write('chat_template.jinja', 'from the file')
    const changed = await loadTokenizer(folder)
    expect(changed.chatTemplate).toBe('from the file')
    expect(changed.hash).not.toBe(tokenizer.hash)
  })
})
