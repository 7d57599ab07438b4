/** Parquet files as DuckDB and Arrow (Rust) write them, in every compression, and files that are none. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { JsonFloat } from '../json.ts'
import { unpackLz4Block } from './lz4-block.ts'
import { readDataset } from './read-dataset.ts'
import { readParquet } from './read-parquet.ts'
import type { ReadItem } from './row.ts'

const fixture = (name: string) => new URL(`./fixtures/${name}.parquet`, import.meta.url).pathname

async function rowsOf(source: string | Uint8Array): Promise<ReadItem[]> {
  const rows: ReadItem[] = []
  for await (const row of readParquet(source)) rows.push(row)
  return rows
}

test.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'plain'])('%s pages', async (compression) => {
  const rows = await rowsOf(fixture(`duckdb-${compression}`))
  expect(rows).toEqual([
    {
      line: 1,
      value: {
        prompt: 'What is 1+1?',
        completion: '2',
        n: 1,
        score: 0.5,
        ok: true,
        big: 9007199254740993n,
        moment: '2024-05-06T07:08:09.000Z',
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Grüße 🙂' },
        ],
      },
    },
    {
      line: 2,
      value: {
        prompt: 'Zwei\nZeilen',
        completion: 'a,"b"',
        n: 2,
        score: new JsonFloat(1),
        ok: false,
        big: 5,
        moment: null,
        messages: [],
      },
    },
    // NaN is nothing JSON has.
    {
      line: 3,
      value: {
        prompt: null,
        completion: '',
        n: null,
        score: null,
        ok: null,
        big: null,
        moment: null,
        messages: null,
      },
    },
  ])
})

test('several row groups, one after the other', async () => {
  const rows = await rowsOf(fixture('duckdb-groups'))
  expect(rows).toHaveLength(5_000)
  expect(rows[4_321]).toEqual({ line: 4_322, value: { text: 'row 4321', n: 4_321, pair: [4_321, 4_322] } })
})

test('many small pages, with lists that go on from one into the next, and missing values', async () => {
  const rows = await rowsOf(fixture('arrow-rs-pages'))
  const expected = Array.from({ length: 400 }, (_, i) => ({
    text: i % 7 === 3 ? null : `text ${i} ${'x'.repeat(i % 30)}`,
    messages:
      i % 11 === 5
        ? null
        : Array.from({ length: i % 5 }, (_, k) => ({
            role: k % 2 ? 'assistant' : 'user',
            content: `${i}.${k}`,
          })),
  }))
  expect(rows.map((row) => 'value' in row && row.value)).toEqual(expected)
})

test('a file of another writer, and bytes instead of a path', async () => {
  const path = fixture('arrow-rs-zstd')
  const { format, rows, hash } = await readDataset(path)
  expect(format).toBe('parquet')
  expect(rows.map(({ value }) => value)).toEqual([
    { instruction: 'Add', output: 'plus', weight: new JsonFloat(1), n: 1 },
    { instruction: 'Subtract', output: 'minus', weight: 0.25, n: 2 },
    { instruction: 'Ümlaut', output: 'ü', weight: new JsonFloat(-3), n: 3 },
  ])
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(await rowsOf(readFileSync(path))).toEqual(await rowsOf(path))
})

test('damaged files are refused, whatever is cut or changed', async () => {
  const bytes = readFileSync(fixture('duckdb-lz4'))
  for (const damaged of [bytes.subarray(0, 600), bytes.subarray(20), Buffer.from('PAR1'), Buffer.alloc(0)]) {
    await expect(rowsOf(damaged)).rejects.toMatchObject({ code: 'bad-data' })
  }
  await expect(rowsOf(fixture('none'))).rejects.toMatchObject({ code: 'not-found' })
})

test('LZ4 blocks: overlapping matches and long lengths; damaged ones end', () => {
  // "ab" and then a match of 300 bytes at distance 2, then "!".
  const block = Uint8Array.from([0x2f, 97, 98, 2, 0, 255, 26, 0x10, 33])
  const text = Buffer.from(unpackLz4Block(block, 303)).toString()
  expect(text).toBe(`${'ab'.repeat(151)}!`)
  for (const broken of [
    block.subarray(0, 6),
    Uint8Array.from([0x2f, 97, 98, 9, 0]),
    Uint8Array.from([0xf0, 255]),
  ])
    expect(() => unpackLz4Block(broken, 303)).toThrow(/damaged/)
})
