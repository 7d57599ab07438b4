/** Mapped rows are read by the engine as the format they were mapped to, whatever other columns there are. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonFloat, parseJson, printJson } from '../json.ts'
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts'
import { detectFormat } from './dataset-format.ts'
import { formats, requiredColumns, systemField } from './formats.ts'
import { mappedLine, mappingFaults, mapRow, suggestMappings } from './mapping.ts'
import { showExample } from './show-example.ts'
import { type DatasetFormat, datasetFormats } from './source.ts'
import { exampleOf } from './to-examples.ts'

const golden = new URL('../golden-data/', import.meta.url).pathname

/** A value that suits each field. */
const values: Record<string, unknown> = {
  messages: [{ role: 'user', content: 'x' }],
  conversations: [{ from: 'human', value: 'x' }],
  input_ids: [1, 2],
}

test('the engine tells the format that was meant, even among columns that look like others', () => {
  const names = [
    ...new Set(datasetFormats.flatMap((format) => formats[format].fields.map(({ name }) => name))),
  ]
  fc.assert(
    fc.property(fc.constantFrom(...datasetFormats), fc.subarray(names), (format, beside) => {
      const required = requiredColumns(format)
      const columns = Object.fromEntries(required.map((name) => [name, `my ${name}`]))
      const row = Object.fromEntries([
        ...beside.map((name) => [name, values[name] ?? 'beside']),
        ...required.map((name) => [`my ${name}`, values[name] ?? `the ${name}`]),
      ])
      const mapped = mapRow(row, { format, columns })
      expect(detectFormat([{ line: 1, value: mapped }])).toBe(format)
      for (const name of required) expect(mapped[name]).toEqual(row[`my ${name}`])
      // Nothing is lost.
      expect(
        Object.values(mapped)
          .map((value) => JSON.stringify(value))
          .toSorted(),
      ).toEqual(
        Object.values(row)
          .map((value) => JSON.stringify(value))
          .toSorted(),
      )
    }),
  )
})

test('the order of columns does not matter', () => {
  const mapping = { format: 'prompt-completion', columns: { prompt: 'q', completion: 'a' } } as const
  expect(mappedLine({ z: 1, a: 'A', q: 'Q', b: null }, mapping)).toBe(
    mappedLine({ b: null, q: 'Q', a: 'A', z: 1 }, mapping),
  )
  expect(mappedLine({ z: 1, a: 'A', q: 'Q' }, mapping)).toBe('{"prompt":"Q","completion":"A","z":1}')
})

test('a system prompt goes in front of every kind of conversation', () => {
  const mapped = (format: DatasetFormat, field: string, value: unknown) =>
    mapRow(
      { [field]: value, completion: 'c', sys: 'S' },
      {
        format,
        columns: {
          [field]: field,
          [systemField]: 'sys',
          ...(format === 'prompt-completion' ? { completion: 'completion' } : {}),
        },
      },
    )[field]
  const system = { role: 'system', content: 'S' }
  expect(mapped('messages', 'messages', [{ role: 'user', content: 'u' }])).toEqual([
    system,
    { role: 'user', content: 'u' },
  ])
  expect(mapped('messages', 'messages', '[{"role": "user", "content": "u"}]')).toEqual([
    system,
    { role: 'user', content: 'u' },
  ])
  expect(mapped('conversations', 'conversations', [{ from: 'human', value: 'u' }])).toEqual([
    { from: 'system', value: 'S' },
    { from: 'human', value: 'u' },
  ])
  expect(mapped('prompt-completion', 'prompt', 'u')).toEqual([system, { role: 'user', content: 'u' }])
})

test.each([
  [['question', 'answer'], 'prompt-completion', { prompt: 'question', completion: 'answer' }],
  [
    ['instruction', 'context', 'response'],
    'alpaca',
    { instruction: 'instruction', input: 'context', output: 'response' },
  ],
  [['id', 'conversations'], 'conversations', { conversations: 'conversations' }],
  [
    ['system_prompt', 'question', 'response'],
    'prompt-completion',
    { prompt: 'question', completion: 'response', system: 'system_prompt' },
  ],
  [['Prompt', 'Completion'], 'prompt-completion', { prompt: 'Prompt', completion: 'Completion' }],
  [['content'], 'text', { text: 'content' }],
  [['foo', 'bar'], 'prompt-completion', { prompt: 'foo', completion: 'bar' }],
] as const)('%j suggests %s', (columns, format, fields) => {
  expect(suggestMappings(columns)[0]).toEqual({ format, columns: fields })
})

test('faults of a mapping are named', () => {
  const mapping = { format: 'prompt-completion', columns: { prompt: 'q', nonsense: 'q' } } as const
  expect(mappingFaults(mapping, ['a'])).toEqual([
    'Prompt and completion needs a column for "completion"',
    'Prompt and completion has no field "nonsense"',
    'there is no column "q"',
    'there is no column "q"',
  ])
})

test('JSON is printed as it was read', () => {
  const text = '{"a":1.0,"b":12345678901234567890,"c":[1,0.5,-3.0],"d":"1.0","e":1e+300}'
  expect(printJson(parseJson(text))).toBe(text)
  expect(printJson({ a: new JsonFloat(1000), b: 7n })).toBe('{"a":1000.0,"b":7}')
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(parseJson(printJson(parseJson(json)))).toEqual(parseJson(json))
    }),
  )
})

test('what is shown of a row are the tokens and labels it trains with (all golden rows)', async () => {
  let looked = 0
  for (const file of ['prompt_completion', 'conversational', 'text', 'pretokenized']) {
    const { cases } = parseJson(readFileSync(`${golden}sft/${file}.json`, 'utf8')) as {
      cases: {
        tokenizer: string
        rows: Record<string, unknown>[]
        sft_config: { dataset_text_field?: string }
        error?: string
      }[]
    }
    for (const { tokenizer: name, rows, sft_config: config, error } of cases) {
      if (error !== undefined || config.dataset_text_field !== undefined) continue
      const tokenizer = await loadTokenizer(`${golden}tokenizers/${name}`)
      const format = detectFormat(rows.map((value) => ({ line: 1, value })))
      for (const row of rows) {
        const made = exampleOf(row, format, tokenizer, {})
        const shown = showExample(row, format, tokenizer, 10)
        if (typeof made === 'string' || typeof shown === 'string') {
          expect(shown).toBe(made)
          continue
        }
        looked += 1
        const { ids, labels } = made.example
        expect(shown.tokens.map(({ id }) => id)).toEqual([...ids])
        expect(shown.tokens.map(({ learned }) => learned)).toEqual(
          Array.from(labels, (label) => label !== -100),
        )
        expect(shown.tokens.filter(({ truncated }) => truncated)).toHaveLength(Math.max(0, ids.length - 10))
        // What the tokens say, put together, is what they decode to; the text shown is what was cut into them.
        expect(shown.tokens.map(({ text }) => text).join('')).toBe(tokenizer.decode(ids))
        if (format !== 'pretokenized')
          expect(
            tokenizer.encode(shown.text, {
              addSpecialTokens: format !== 'messages' && !Array.isArray(row.prompt),
            }),
          ).toEqual([...ids])
      }
    }
  }
  expect(looked).toBeGreaterThan(50)
})
