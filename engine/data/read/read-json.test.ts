/** JSON read piece by piece gives what the whole gives at once, wherever the pieces end. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../json.ts'
import { readJson } from './read-json.ts'
import type { ReadItem } from './row.ts'

async function read(text: string | Uint8Array, cuts: readonly number[] = []): Promise<ReadItem[]> {
  const bytes = Buffer.from(text)
  const edges = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]
  async function* chunks() {
    for (let i = 1; i < edges.length; i++)
      if (edges[i - 1]! < edges[i]!) yield bytes.subarray(edges[i - 1], edges[i])
  }
  const items: ReadItem[] = []
  for await (const item of readJson(chunks())) items.push(item)
  return items
}

const row = fc.dictionary(
  fc.string({ unit: 'binary' }).map((key) => `${key.toWellFormed()}.`),
  fc.jsonValue({ maxDepth: 3, noUnicodeString: false }),
)

test('any rows, any layout, any pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 6 }),
      fc.constantFrom(0, 1, 4),
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.nat(2_000), { maxLength: 30 }),
      async (rows, indent, wrapped, bom, cuts) => {
        const value = wrapped
          ? { 'ver"sion': '[1]', meta: { a: [1, [2]] }, 'data[': rows, after: null }
          : rows
        const text = (bom ? '\uFEFF' : '') + JSON.stringify(value, null, indent)
        const expected = parseJson(JSON.stringify(rows))
        expect((await read(text, cuts)).map((item) => ('value' in item ? item.value : item))).toEqual(
          expected,
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('a broken row spoils itself only, and says where it stands', async () => {
  const items = await read('[{"a": 1},\n {"a": nope},\n\n {"a": 2} {"a": 3},\n , {"a": 4}\n]')
  expect(items.map((item) => ('value' in item ? item.value : item.line))).toEqual([
    { a: 1 },
    2,
    4,
    5,
    { a: 4 },
  ])
  const bad = Buffer.concat([Buffer.from('[{"a": "'), Buffer.from([0xff]), Buffer.from('"}, {"a": 2}]')])
  expect((await read(bad)).map((item) => ('value' in item ? item.value : item.reason))).toEqual([
    'the row is not valid UTF-8 text; save the file as UTF-8',
    { a: 2 },
  ])
})

test.each([
  ['[{"a": 1}, {"a": "x', /line 1, the row that begins there never ends/],
  ['[{"a": 1},\n{"a": [}]', /line 2, brackets do not match/],
  ['[{"a": 1}]\n]', /line 2, something follows/],
  ['{"a": [{}], "b": [{}]}', /not a list of rows/],
  ['{"a": {"b": [{}]}}', /not a list of rows/],
  ['"text"', /not a list of rows/],
  ['12', /not a list of rows/],
])('%s is refused', async (text, message) => {
  await expect(read(text)).rejects.toThrow(message)
})

test('nothing, blank space and an empty list have no rows', async () => {
  for (const text of ['', ' \n ', '[]', '[ \n ]', '{"data": []}']) expect(await read(text)).toEqual([])
})
