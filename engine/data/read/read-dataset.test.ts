/** The readers: round trips, line numbers, and that no bytes at all lead to anything but rows or a StudioError. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { StudioError } from '../../errors.ts'
import { JsonFloat } from '../json.ts'
import { linesOf } from './lines.ts'
import { type DataFormat, dataFormats, readDataset } from './read-dataset.ts'

const folder = await mkdtemp(join(tmpdir(), 'read-'))
afterAll(() => rm(folder, { recursive: true }))

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const read = (text: string | Uint8Array, format: DataFormat) => readDataset({ text, format })
const values = (text: string, format: DataFormat) =>
  read(text, format).then(({ rows }) => rows.map((row) => row.value))

const anyText = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed())
const anyRow = fc.dictionary(
  anyText.filter((key) => key !== '__proto__'),
  fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null), fc.array(anyText)),
)
const someRows = fc.array(anyRow, { minLength: 1, maxLength: 20 })

describe('round trips', () => {
  test('JSON Lines, with CRLF, BOM and blank lines', async () => {
    await fc.assert(
      fc.asyncProperty(
        someRows,
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.boolean(),
        async (rows, end, bom) => {
          const text = (bom ? '\uFEFF' : '') + rows.map((row) => JSON.stringify(row)).join(end)
          expect(await values(text, 'jsonl')).toEqual(rows)
        },
      ),
    )
  })

  test('JSON, pretty or not, as a list or inside an object', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, fc.constantFrom(0, 2), fc.boolean(), async (rows, indent, wrapped) => {
        expect(
          await values(JSON.stringify(wrapped ? { version: 1, data: rows } : rows, null, indent), 'json'),
        ).toEqual(rows)
      }),
    )
  })

  test('CSV with any text in quotes', async () => {
    const cell = anyText.map((text) => text.replaceAll('\0', ''))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 10 }),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        async (rows, delimiter, end) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
          const text = [['prompt', 'completion'], ...rows]
            .map((row) => row.map(quote).join(delimiter))
            .join(end)
          const want = rows.map(([prompt, completion]) => ({ prompt, completion }))
          // The delimiter is guessed from the header, where quotes hide nothing.
          const named = text.replace(/^"prompt".*?"completion"/, `prompt${delimiter}completion`)
          expect(await values(named, 'csv')).toEqual(want)
        },
      ),
    )
  })

  test('plain text', async () => {
    expect(await values('one\r\n\ntwo\nthree\n', 'txt')).toEqual([
      { text: 'one' },
      { text: 'two' },
      { text: 'three' },
    ])
    const { rows } = await readDataset(
      { text: '\none\ntwo\n\n\nthree', format: 'txt' },
      { textUnit: 'paragraph' },
    )
    expect(rows).toEqual([
      { line: 2, value: { text: 'one\ntwo' } },
      { line: 6, value: { text: 'three' } },
    ])
  })
})

test('lines do not depend on how the bytes are cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200)), async (bytes, cuts) => {
      const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
      async function* chunks() {
        for (let i = 1; i < edges.length; i++) yield bytes.subarray(edges[i - 1], edges[i])
      }
      async function* whole() {
        yield bytes
      }
      expect(await collect(linesOf(chunks()))).toEqual(await collect(linesOf(whole())))
    }),
  )
})

test('a line without end does not fill the memory', async () => {
  async function* chunks() {
    for (const part of ['abc', 'defgh', 'ij\nok']) yield Buffer.from(part)
  }
  expect(await collect(linesOf(chunks(), 8))).toEqual([
    { line: 1, text: null, reason: 'the line is longer than 8 bytes' },
    { line: 2, text: 'ok' },
  ])
})

describe('no bytes at all crash a reader', () => {
  test.each(dataFormats)('%s', async (format) => {
    const nearly = fc
      .array(fc.constantFrom('{"a":1}', '"', '\n', ',', '[', ']', '{', '}', '\\', 'é', '\0', ':', '1', ';'), {
        maxLength: 40,
      })
      .map((parts) => Buffer.from(parts.join('')))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), nearly), async (bytes) => {
        try {
          const { rows, bad, badCount } = await read(bytes, format)
          expect(rows.length).toBeGreaterThan(0)
          expect(bad.length).toBe(badCount)
          for (const { line } of [...rows, ...bad]) expect(line).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(StudioError)
        }
      }),
      { numRuns: 400 },
    )
  })
})

describe('bad rows are told with line and reason, good rows stay', () => {
  test('JSON Lines', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":1}\n{"a":\n[1]\nnull\n'),
      Buffer.from([0xc3, 0x28, 0x0a]),
      Buffer.from('{"a":2}'),
    ])
    const { rows, bad } = await read(bytes, 'jsonl')
    expect(rows).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 6, value: { a: 2 } },
    ])
    expect(bad.map(({ line }) => line)).toEqual([2, 3, 4, 5])
    expect(bad.map(({ reason }) => reason).join()).toMatch(/JSON.*list.*null.*UTF-8/)
  })

  test('JSON', async () => {
    const { rows, bad } = await read('[\n {"a": "x,]\\"["},\n 5,\n\n {"b": [1, 2]}]', 'json')
    expect(rows.map(({ line }) => line)).toEqual([2, 5])
    expect(bad).toEqual([
      { line: 3, reason: 'expected an object with named fields, found a number', text: '5' },
    ])
  })

  test('CSV', async () => {
    const bytes = Buffer.concat([
      Buffer.from('prompt,completion\na,b\n"two\nlines",c\nonly one\n'),
      Buffer.from([0xff]),
      Buffer.from(',x\nd,e\n'),
    ])
    const { rows, bad } = await read(bytes, 'csv')
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 7])
    expect(bad.map(({ line }) => line)).toEqual([5, 6])
  })

  test('a quote that never closes', async () => {
    const { rows, bad } = await read('a,b\n1,2\n"3,4\n5,6\n', 'csv')
    expect(rows).toHaveLength(1)
    expect(bad[0]?.reason).toMatch(/never closed/)
  })
})

describe('refused', () => {
  test.each([
    ['nothing', '', 'jsonl', /empty/],
    ['blank lines', '\n \n', 'jsonl', /empty/],
    ['only bad rows', '{\n}', 'jsonl', /None of the 2 rows.*Line 1/],
    ['repeated columns', 'a,a\n1,2', 'csv', /"a" more than once/],
    ['nameless columns', 'a,\n1,2', 'csv', /without a readable name/],
    ['a header alone', 'a,b\n', 'csv', /empty/],
    ['broken JSON', '[{]', 'json', /not valid JSON/],
    ['no list', '{"a": 1}', 'json', /not a list/],
  ] as const)('%s', async (_, text, format, message) => {
    await expect(read(text, format)).rejects.toThrow(message)
  })

  test.each([
    [[0xff, 0xfe, 0x61, 0], /UTF-16/],
    [[0x50, 0x4b, 3, 4, 0], /spreadsheet/],
  ] as const)('foreign bytes %s', async (bytes, message) => {
    await expect(read(Uint8Array.from(bytes), 'jsonl')).rejects.toThrow(message)
  })

  test('files that are not there, and names that say nothing', async () => {
    await expect(readDataset(join(folder, 'none.jsonl'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(readDataset(join(folder, 'data.bin'))).rejects.toMatchObject({ code: 'unsupported' })
  })
})

test('files: format by name, JSON Lines under the name .json, hash and limit', async () => {
  const path = join(folder, 'rows.json')
  await writeFile(path, '{"a":1}\n{"a":2}\n')
  const all = await readDataset(path)
  expect(all.rows.map((row) => row.value)).toEqual([{ a: 1 }, { a: 2 }])
  expect(all.hash).toMatch(/^[0-9a-f]{64}$/)
  expect((await readDataset(path, { format: 'jsonl', limit: 1 })).rows).toHaveLength(1)
  await writeFile(join(folder, 'rows.tsv'), 'a\tb\n1\t2\n')
  expect((await readDataset(join(folder, 'rows.tsv'))).rows[0]?.value).toEqual({ a: '1', b: '2' })
})

test('numbers keep what Python would see', async () => {
  const [row] = await values('{"a": 1.0, "b": 0.5, "c": 12345678901234567890, "d": 3, "e": "1.0"}', 'jsonl')
  expect(row).toEqual({ a: new JsonFloat(1), b: 0.5, c: 12345678901234567890n, d: 3, e: '1.0' })
})
