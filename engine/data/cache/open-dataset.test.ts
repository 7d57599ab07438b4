/** The cache: same tokens from disk, a new key for every change, damaged files made anew. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts'
import { openDataset } from './open-dataset.ts'

const golden = new URL('../golden-data/tokenizers/', import.meta.url).pathname
const tokenizer = await loadTokenizer(`${golden}gpt2`)
let folder = ''
const folders: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'))
  folders.push(folder)
})
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))

const source = {
  text: '{"prompt": "a ", "completion": "b"}\nnot json\n{"prompt": "c"}\n{"prompt": "d ", "completion": "e"}\n',
  format: 'jsonl' as const,
}
const file = async (ending: string) =>
  join(folder, (await readdir(folder)).find((name) => name.endsWith(ending))!)

test('the second time nothing is tokenised', async () => {
  const first = await openDataset(source, tokenizer, folder)
  const second = await openDataset(source, tokenizer, folder)
  expect([first.cached, second.cached]).toEqual([false, true])
  expect(second.dataset).toEqual(first.dataset)
  expect(second.report).toEqual(first.report)
  expect(first.report).toMatchObject({ format: 'prompt-completion', rows: 2, badCount: 2, dropped: 0 })
  expect(first.report.bad.map(({ line }) => line)).toEqual([2, 3])
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('other data, options or tokenizer: another entry', async () => {
  const open = (text: string, learn: 'all' | 'completion', name: string) =>
    loadTokenizer(golden + name).then((other) =>
      openDataset({ ...source, text }, other, folder, { examples: { learn } }),
    )
  const all = [
    await open(source.text, 'completion', 'gpt2'),
    await open(`${source.text}\n`, 'completion', 'gpt2'),
    await open(source.text, 'all', 'gpt2'),
    await open(source.text, 'completion', 'qwen2'),
  ]
  expect(all.map(({ cached }) => cached)).toEqual([false, false, false, false])
  expect(new Set(all.map(({ dataset }) => dataset.hash)).size).toBe(4)
})

test.each([
  ['a cut file', '.bin', (bytes: Buffer) => bytes.subarray(0, -4)],
  [
    'a flipped bit',
    '.bin',
    (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === 30 ? byte ^ 1 : byte))),
  ],
  ['an empty header', '.json', () => Buffer.from('')],
  [
    'a header of another version',
    '.json',
    (bytes: Buffer) => Buffer.from(bytes.toString().replace('"version":1', '"version":0')),
  ],
])('%s is noticed and made anew', async (_, ending, damage) => {
  const { dataset } = await openDataset(source, tokenizer, folder)
  const path = await file(ending)
  await writeFile(path, damage(await readFile(path)))
  const again = await openDataset(source, tokenizer, folder)
  expect(again.cached).toBe(false)
  expect(again.dataset).toEqual(dataset)
  expect((await openDataset(source, tokenizer, folder)).cached).toBe(true)
})

test('a file that is not there', async () => {
  await expect(openDataset(join(folder, 'none.jsonl'), tokenizer, folder)).rejects.toMatchObject({
    code: 'not-found',
  })
})
