/** What is shown before something is done is what is then there. */
import { expect, test } from 'vitest'
import type { SplitRule } from '../../contract/datasets/mapping.ts'
import { openStudio } from './testing/studio.ts'

const tokens = { modelId: 'builtin:studio-tiny', learn: null, chat: null }
const length = 64
const rows = Array.from({ length: 40 }, (_, i) => ({
  question: `Question ${i}: ${'word '.repeat(i)}`,
  answer: `Answer ${i}`,
  part: i % 4 === 3 ? 'held out' : 'train',
  number: i,
}))
const mapping = {
  format: 'prompt-completion',
  columns: { prompt: 'question', completion: 'answer' },
} as const

test('a row of a source is previewed as it is after the import, long ones whole', async () => {
  const studio = await openStudio()
  const lines = ['{"broken": ', ...rows.map((row) => JSON.stringify(row))]
  const path = studio.file('rows.jsonl', lines.join('\n'))
  const source = { kind: 'file', path } as const
  const { reading } = await studio.client.datasets.detect({ source })
  const { datasetId } = await studio.import(path, { mapping })
  for (const index of [0, 39]) {
    const before = await studio.client.datasets.previewSource({
      source,
      reading,
      mapping,
      index,
      tokens,
      length,
    })
    const after = await studio.client.datasets.preview({ sheetId: datasetId, row: index + 1, tokens, length })
    expect(before).toEqual(after)
    expect(before).toMatchObject({ state: 'ready', text: expect.stringContaining(`Question ${index}`) })
  }
  const beyond = await studio.client.datasets.previewSource({
    source,
    reading,
    mapping,
    index: 40,
    tokens,
    length,
  })
  expect(beyond.state).toBe('unfit')
  const wrong = { ...mapping, columns: { prompt: 'number', completion: 'answer' } }
  const unfit = await studio.client.datasets.previewSource({
    source,
    reading,
    mapping: wrong,
    index: 0,
    tokens,
    length,
  })
  expect(unfit).toMatchObject({ state: 'unfit', reason: expect.stringContaining('not text') })
})

test('a split gives what its preview says', async () => {
  const studio = await openStudio()
  const path = studio.file('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'))
  const { datasetId: sheetId } = await studio.import(path, { mapping })
  const values = await studio.client.datasets.columnValues({ sheetId, column: 'part' })
  expect(values).toEqual({
    values: [
      { value: 'train', rows: 30 },
      { value: 'held out', rows: 10 },
    ],
    tooMany: false,
  })
  const rules: SplitRule[] = [
    { by: 'column', column: 'part', validation: ['held out'] },
    { by: 'fraction', fraction: 0.15, seed: 3 },
    { by: 'none', into: 'train' },
  ]
  for (const rule of rules) {
    const preview = await studio.client.datasets.splitPreview({ sheetId, rule })
    const opened = await studio.client.datasets.open({ sheetId })
    if (opened.state !== 'ready') throw new Error('not ready')
    const edit = { kind: 'split', rule } as const
    const { revision } = opened.sheet
    const { sheet } = await studio.result<{ sheet: { trainRows: number; validationRows: number } }>(
      await studio.client.datasets.editAll({ sheetId, revision, edit }),
    )
    expect(preview).toEqual({ trainRows: sheet.trainRows, validationRows: sheet.validationRows })
  }
  const none = { by: 'fraction', fraction: 0.001, seed: 1 } as const
  await expect(studio.client.datasets.splitPreview({ sheetId, rule: none })).rejects.toMatchObject({
    data: { code: 'bad-argument', message: expect.stringContaining('part would be empty') },
  })
})

test('a column of many values is none to split by', async () => {
  const studio = await openStudio()
  const many = Array.from({ length: 60 }, (_, i) => ({ prompt: `a ${i}`, completion: 'b' }))
  const path = studio.file('rows.jsonl', many.map((row) => JSON.stringify(row)).join('\n'))
  const { datasetId: sheetId } = await studio.import(path)
  expect(await studio.client.datasets.columnValues({ sheetId, column: 'prompt' })).toEqual({
    values: [],
    tooMany: true,
  })
})
