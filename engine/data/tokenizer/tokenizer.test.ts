/** Every golden case of the eight tokenizers, in the configuration of transformers 5 and of 4. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { StudioError } from '../../errors.ts'
import { decodeStream } from './decode-stream.ts'
import { loadTokenizer } from './load-tokenizer.ts'

const golden = new URL('../golden-data/tokenizers/', import.meta.url).pathname
const names = (await readdir(golden)).sort()
const scratch = await mkdtemp(join(tmpdir(), 'tokenizer-'))
afterAll(() => rm(scratch, { recursive: true }))

interface Case {
  text: string
  ids: number[]
  ids_no_special: number[]
  offsets: [number, number][]
  offsets_no_special?: [number, number][]
  decode: string
  decode_skip_special: string
  decode_default_cleanup?: string
  decode_skip_special_default_cleanup?: string
}
interface Cases {
  vocab_size_with_added: number
  special_tokens_map: Record<string, string>
  cases: Case[]
  pairs: { text: string; text_pair: string; ids: number[]; token_type_ids: number[] }[]
  decode_only: { ids: number[]; decode: string; decode_skip_special?: string }[]
}

/** The folder as transformers 4 writes it. */
async function transformers4(name: string): Promise<string> {
  const folder = await mkdtemp(join(scratch, name))
  await copyFile(join(golden, name, 'tokenizer.json'), join(folder, 'tokenizer.json'))
  await copyFile(
    join(golden, name, 'tokenizer_config.transformers4.json'),
    join(folder, 'tokenizer_config.json'),
  )
  await copyFile(join(golden, name, 'special_tokens_map.json'), join(folder, 'special_tokens_map.json'))
  return folder
}

test('all eight tokenizers are there', () => {
  expect(names).toEqual(['bert', 'gemma', 'gpt2', 'llama2', 'llama3', 'qwen2', 't5', 't5_precompiled'])
})

describe.each(names)('%s', async (name) => {
  const cases: Cases = JSON.parse(await readFile(join(golden, name, 'cases.json'), 'utf8'))
  describe.each(['transformers 5', 'transformers 4'])('%s', async (version) => {
    const folder = version === 'transformers 5' ? join(golden, name) : await transformers4(name)
    const tokenizer = await loadTokenizer(folder)

    test('vocabulary and special tokens', () => {
      expect(tokenizer.vocabSize).toBe(cases.vocab_size_with_added)
      expect(tokenizer.specialTokens).toEqual(cases.special_tokens_map)
      expect(tokenizer.hash).toMatch(/^[0-9a-f]{64}$/)
    })

    test.each(cases.cases)('$text', (golden) => {
      const { ids, offsets } = tokenizer.encodeWithOffsets(golden.text)
      expect(ids).toEqual(golden.ids)
      expect(offsets).toEqual(golden.offsets)
      expect(tokenizer.encode(golden.text)).toEqual(golden.ids)
      const plain = tokenizer.encodeWithOffsets(golden.text, { addSpecialTokens: false })
      expect(plain.ids).toEqual(golden.ids_no_special)
      expect(plain.offsets).toEqual(golden.offsets_no_special ?? golden.offsets)
      expect(tokenizer.decode(ids)).toBe(golden.decode)
      expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(golden.decode_skip_special)
      const cleanUp = tokenizer.cleansUp
      expect(tokenizer.decode(ids, { cleanUp })).toBe(golden.decode_default_cleanup ?? golden.decode)
      expect(tokenizer.decode(ids, { cleanUp, skipSpecialTokens: true })).toBe(
        golden.decode_skip_special_default_cleanup ?? golden.decode_skip_special,
      )
    })

    test.each(cases.pairs)('$text + $text_pair', (golden) => {
      const { ids, typeIds } = tokenizer.encodeWithOffsets(golden.text, { textPair: golden.text_pair })
      expect(ids).toEqual(golden.ids)
      expect(typeIds).toEqual(golden.token_type_ids)
    })

    test.each(cases.decode_only)('decode $ids', (golden) => {
      expect(tokenizer.decode(golden.ids)).toBe(golden.decode)
      if (golden.decode_skip_special === undefined) return
      expect(tokenizer.decode(golden.ids, { skipSpecialTokens: true })).toBe(golden.decode_skip_special)
    })

    test('token by token gives the same text as all at once', () => {
      let compared = 0
      for (const { ids } of [...cases.cases, ...cases.decode_only]) {
        const whole = tokenizer.decode(ids, { skipSpecialTokens: true })
        const stream = decodeStream(tokenizer)
        const text = ids.map((id) => stream.push(id)).join('') + stream.end()
        // Of broken UTF-8 the stream keeps the characters that were complete; byte fallback as a whole does not.
        if (whole.includes('\uFFFD')) continue
        expect(text).toBe(whole)
        compared++
      }
      expect(compared).toBeGreaterThan(90)
    })
  })
})

test('decoding nothing gives nothing', async () => {
  for (const name of names) expect((await loadTokenizer(join(golden, name))).decode([])).toBe('')
})

describe('bad input', () => {
  test('a folder without tokenizer.json', async () => {
    await expect(loadTokenizer(join(scratch, 'nowhere'))).rejects.toThrow(/no tokenizer\.json/)
  })

  test.each([
    ['not JSON', '{'],
    ['no model', '{}'],
    ['unknown model', '{"model":{"type":"Telepathy","vocab":{}}}'],
    ['unknown normalizer', '{"normalizer":{"type":"Upside"},"model":{"type":"BPE","vocab":{},"merges":[]}}'],
    ['wrong fields', '{"normalizer":{"type":"Prepend"},"model":{"type":"BPE","vocab":{},"merges":[]}}'],
    [
      'broken character map',
      '{"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA"},"model":{"type":"BPE","vocab":{},"merges":[]}}',
    ],
  ])('%s', async (name, text) => {
    const folder = await mkdtemp(join(scratch, 'bad-'))
    await writeFile(join(folder, 'tokenizer.json'), text)
    await expect(loadTokenizer(folder), name).rejects.toThrow(StudioError)
  })
})
