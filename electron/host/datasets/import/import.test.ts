/** Imports of every format: what comes in, what is said about bad rows, and that a failed import leaves nothing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BadRowRecord } from '../../../contract/datasets/cells.ts'
import { openStudio } from '../testing/studio.ts'

const facts = [
  { prompt: 'What is 2+2?', completion: '4' },
  { prompt: 'Zwei\nZeilen, "so"', completion: 'Grüße 🙂' },
  { prompt: ' spaces ', completion: "it's; a\ttab" },
]
const csv = (delimiter: string) =>
  [
    'prompt,completion'.replace(',', delimiter),
    ...facts.map(({ prompt, completion }) =>
      [prompt, completion].map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter),
    ),
  ].join('\r\n')

test('the same rows from any format are the same version', async () => {
  const studio = await openStudio()
  const lines = facts.map((row) => JSON.stringify(row)).join('\n')
  const files = {
    'rows.jsonl': lines,
    'other-order.jsonl': facts
      .map(({ prompt, completion }) => JSON.stringify({ completion, prompt }))
      .join('\r\n'),
    'rows.json': JSON.stringify(facts, null, 2),
    'inside.json': JSON.stringify({ version: 1, data: facts }),
    'rows.csv': csv(','),
    'bom.csv': `\uFEFF${csv(';')}`,
    'rows.tsv': csv('\t'),
    'no-ending': lines,
  }
  const hashes = new Map<string, string>()
  for (const [name, content] of Object.entries(files)) {
    const { versionId } = await studio.import(studio.file(name, content))
    hashes.set(name, (await studio.client.datasets.getVersion({ versionId })).contentHash)
  }
  expect(new Set(hashes.values()).size).toBe(1)
  const pasted = await studio.client.datasets.detect({ source: { kind: 'text', text: lines } })
  expect(pasted.reading.format).toBe('jsonl')
})

test('a CSV of 5 000 rows with three bad ones: the good come in, the bad are told with line and reason', async () => {
  const studio = await openStudio()
  const lines = ['question,answer,topic']
  for (let i = 1; i <= 5_000; i++) lines.push(`"What is ${i}?","It is\n${i}",t${i % 3}`)
  lines[1_000] = 'only one field'
  lines[2_500] = '"a quote " inside",b,c'
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  const path = studio.file('rows.csv', bytes)
  // A byte that no UTF-8 text has, in the answer of row 4 000.
  const at = bytes.indexOf('What is 4000?')
  bytes[at] = 0xff
  studio.file('rows.csv', bytes)
  const lineOf = (row: number) => lines.slice(0, row).join('\n').split('\n').length + 1

  const result = await studio.import(path)
  expect(result).toMatchObject({ rows: 4_997, validationRows: 0, badRows: 3 })
  const { total, rows } = await studio.client.datasets.badRows({
    datasetId: result.datasetId,
    offset: 0,
    limit: 10,
  })
  expect(total).toBe(3)
  expect(rows.map(({ line }: BadRowRecord) => line)).toEqual([1_000, 2_500, 4_000].map(lineOf))
  expect(rows.map(({ reason }) => reason).join('\n')).toMatch(/1 field .*3\n.*quote.*\n.*UTF-8/)
  expect(rows[0]).toMatchObject({ file: 'rows.csv', text: 'only one field' })
  const texts = await studio.texts(result.datasetId)
  expect(texts).toHaveLength(4_997)
  expect(texts[0]).toEqual(['What is 1?', 'It is\n1', 't1'])
  const { ticket } = await studio.client.datasets.badRowsFile({ datasetId: result.datasetId })
  const offered = studio.host.downloads.take(ticket)!
  let file = ''
  for await (const part of await offered.open()) file += String(part)
  expect(file.trimEnd().split('\n')).toHaveLength(4)
})

test('what columns may mean is suggested, and the person decides', async () => {
  const studio = await openStudio()
  const rows = [{ id: 1, text: 'Rain', label: 'weather', system: 'Be brief.' }]
  const source = { kind: 'file', path: studio.file('a.jsonl', JSON.stringify(rows[0])) } as const
  const found = await studio.client.datasets.detect({ source })
  expect(found.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['id', 'number'],
    ['text', 'text'],
    ['label', 'text'],
    ['system', 'text'],
  ])
  expect(found.mappings.map(({ mapping }) => mapping)).toContainEqual({
    format: 'prompt-completion',
    columns: { prompt: 'text', completion: 'label', system: 'system' },
  })
  const mapping = { format: 'prompt-completion', columns: { prompt: 'id', completion: 'label' } } as const
  const tried = await studio.client.datasets.detect({ source, mapping })
  expect(tried.mappings).toMatchObject([
    { mapping, fits: 0, of: 1, problems: [{ line: 1, reason: '"prompt" is not text' }] },
  ])
  const absent = { format: 'prompt-completion', columns: { prompt: 'nope', completion: 'label' } } as const
  const { reading } = found
  await expect(
    studio.result(await studio.client.datasets.import({ source, name: 'X', reading, mapping: absent })),
  ).rejects.toThrow(/no column "nope"/)
  expect(readdirSync(join(studio.dataDir, 'datasets'))).toEqual([])
})

test('a system prompt makes chats of the rows; other columns stay beside', async () => {
  const studio = await openStudio()
  const lines = [
    { q: 'Hi', a: 'Hello', sys: 'Be kind.', prompt: 'unused' },
    { q: 'Bye', a: 'See you', sys: '' },
  ]
  const path = studio.file('chat.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))
  const mapping = {
    format: 'prompt-completion',
    columns: { prompt: 'q', completion: 'a', system: 'sys' },
  } as const
  const { datasetId } = await studio.import(path, { mapping })
  const written = readFileSync(join(studio.dataDir, 'datasets', datasetId, 'versions/1/train.jsonl'), 'utf8')
  expect(
    written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      prompt: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
      completion: [{ role: 'assistant', content: 'Hello' }],
      prompt_original: 'unused',
    },
    {
      prompt: [{ role: 'user', content: 'Bye' }],
      completion: [{ role: 'assistant', content: 'See you' }],
    },
  ])
})

test('numbers keep all their digits, and floats stay floats', async () => {
  const studio = await openStudio()
  const line = '{"prompt":"a","completion":"b","big":12345678901234567890,"float":1.0,"nested":[1.0,2]}'
  const { datasetId, versionId } = await studio.import(studio.file('n.jsonl', line))
  expect(await studio.texts(datasetId)).toEqual([['a', 'b', '12345678901234567890', '1.0', '[1.0,2]']])
  const { train } = await studio.host.datasets.reference(versionId)
  expect(readFileSync(train, 'utf8')).toBe(`${line}\n`)
})

test('a huge cell is cut in blocks and whole in the row', async () => {
  const studio = await openStudio()
  const long = 'x🙂'.repeat(400_000)
  const path = studio.file('long.jsonl', JSON.stringify({ prompt: 'a', completion: long }))
  const { datasetId } = await studio.import(path)
  const { rows } = await studio.client.datasets.rows({
    sheetId: datasetId,
    viewId: null,
    offset: 0,
    limit: 1,
  })
  const cell = rows[0]!.cells[1]!
  expect(cell.chars).toBe(long.length)
  expect(cell.text.length).toBeLessThan(1_000)
  expect(cell.text.isWellFormed()).toBe(true)
  const { cells } = await studio.client.datasets.row({ sheetId: datasetId, row: 1 })
  expect(cells[1]!.text).toBe(long)
})

test('folders as the hub has them: parts by name, several files of a part', async () => {
  const studio = await openStudio()
  const { mkdirSync } = await import('node:fs')
  mkdirSync(join(studio.dataDir, 'hub/data'), { recursive: true })
  const row = (n: number) => JSON.stringify({ prompt: `p${n}`, completion: 'c' })
  studio.file('hub/README.md', '# Data')
  studio.file('hub/data/train-00000-of-00002.jsonl', row(1))
  studio.file('hub/data/train-00001-of-00002.jsonl', row(2))
  studio.file('hub/data/test-00000-of-00001.jsonl', row(3))
  const { datasetId, rows, validationRows } = await studio.import(join(studio.dataDir, 'hub'))
  expect([rows, validationRows]).toEqual([2, 1])
  expect((await studio.texts(datasetId)).map(([prompt]) => prompt)).toEqual(['p1', 'p2', 'p3'])
})

test.each([
  ['empty.jsonl', '', /empty/],
  ['bad.jsonl', '{\n}\n', /None of the 2 rows.*Line 1/],
  ['zip.csv', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), /spreadsheet/],
  ['utf16.csv', Buffer.from([0xff, 0xfe, 0x61, 0]), /UTF-16/],
  ['twice.csv', 'a,a\n1,2\n', /"a" more than once/],
  ['broken.parquet', 'PAR1 and nothing else', /Parquet/],
])('%s is refused with the reason', async (name, content, message) => {
  const studio = await openStudio()
  const source = { kind: 'file', path: studio.file(name, content) } as const
  await expect(studio.client.datasets.detect({ source })).rejects.toThrow(message)
})

test('a cancelled import leaves nothing behind', async () => {
  const studio = await openStudio()
  const row = JSON.stringify({ prompt: 'p'.repeat(200), completion: 'c' })
  const path = studio.file('many.jsonl', `${row}\n`.repeat(200_000))
  const source = { kind: 'file', path } as const
  const { reading, mappings } = await studio.client.datasets.detect({ source })
  const { mapping } = mappings[0]!
  const { jobId } = await studio.client.datasets.import({ source, name: 'Many', reading, mapping })
  for await (const job of await studio.client.jobs.watch({ id: jobId })) if (job.done > 0) break
  await studio.client.jobs.cancel({ id: jobId })
  expect(await studio.ended(jobId)).toMatchObject({ state: 'cancelled' })
  expect(readdirSync(join(studio.dataDir, 'datasets'))).toEqual([])
  expect((await studio.client.datasets.list({})).every(({ kind }) => kind === 'built-in')).toBe(true)
})
