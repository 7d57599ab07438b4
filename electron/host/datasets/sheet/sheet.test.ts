/** The sheet through the host: edits, undo across saves and restarts, views, search, splits. */
import { expect, test } from 'vitest'
import type { Edit } from '../../../contract/datasets/sheet.ts'
import type { Search } from '../../../contract/datasets/view.ts'
import { everything, openStudio, type Studio } from '../testing/studio.ts'

const rows = Array.from({ length: 12 }, (_, i) => ({
  prompt: `Question ${i}`,
  completion: `Answer ${i % 5}`,
  score: i % 3,
  tags: ['a', `t${i}`],
}))

async function imported(studio: Studio, content: readonly object[] = rows): Promise<string> {
  const path = studio.file('rows.jsonl', content.map((row) => JSON.stringify(row)).join('\n'))
  return (await studio.import(path)).datasetId
}

const search = (text: string, changes: Partial<Search> = {}): Search => ({
  text,
  matchCase: false,
  wholeWord: false,
  regex: false,
  columns: null,
  ...changes,
})

test('edit, undo, save, restart, and undo what came before the save', async () => {
  const studio = await openStudio()
  const id = await imported(studio)
  const start = await studio.texts(id)
  expect(await studio.sheet(id)).toMatchObject({ savedAs: { number: 1 }, undo: null, redo: null })

  const first = await studio.edit(id, {
    kind: 'cells',
    cells: [{ row: 1, column: 'completion', text: 'Changed' }],
  })
  expect(first).toMatchObject({ rows: 1, row: 1, sheet: { savedAs: null, undo: { label: 'Edit 1 cell' } } })
  await studio.edit(id, { kind: 'delete', rows: { ids: [5, 6] } })
  const edited = await studio.texts(id)
  const { revision } = await studio.sheet(id)
  const saved = await studio.result<{ version: { id: string } }>(
    await studio.client.datasets.save({ sheetId: id, revision, note: 'second' }),
  )
  expect(saved).toMatchObject({
    created: true,
    version: { id: `${id}@2`, rows: 10, note: 'second', parentId: `${id}@1` },
  })
  expect(await studio.client.datasets.get({ datasetId: id })).toMatchObject({ unsaved: false, versions: 2 })

  await studio.restart()
  expect(await studio.sheet(id)).toMatchObject({ savedAs: { number: 2 }, undo: { label: 'Delete 2 rows' } })
  expect(await studio.texts(id)).toEqual(edited)
  await studio.undo(id)
  expect(await studio.client.datasets.get({ datasetId: id })).toMatchObject({ unsaved: true })
  await studio.restart()
  const undone = await studio.undo(id)
  expect(undone).toMatchObject({ rows: 1, row: 1 })
  expect(await studio.texts(id)).toEqual(start)
  // The rows are those of version 1 again, and saving them makes no third one.
  const now = await studio.sheet(id)
  expect(now).toMatchObject({ savedAs: { number: 1 }, redo: { label: 'Edit 1 cell' } })
  const again = await studio.client.datasets.save({ sheetId: id, revision: now.revision, note: '' })
  expect(await studio.result(again)).toMatchObject({ created: false, version: { id: `${id}@1` } })
  await studio.redo(id)
  await studio.redo(id)
  expect(await studio.texts(id)).toEqual(edited)
  expect(await studio.sheet(id)).toMatchObject({ savedAs: { number: 2 }, redo: null })
})

test('an edit made against rows it did not see is refused, and told to other windows', async () => {
  const studio = await openStudio()
  const id = await imported(studio)
  const { revision } = await studio.sheet(id)
  const stop = new AbortController()
  const feed = await studio.client.system.changes(undefined, { signal: stop.signal })
  const next = feed[Symbol.asyncIterator]().next()
  const edits: Edit[] = [{ kind: 'delete', rows: { ids: [1] } }]
  await studio.client.datasets.edit({ sheetId: id, revision, edits })
  expect((await next).value).toEqual({ topic: 'datasets', id })
  stop.abort()
  await expect(studio.client.datasets.edit({ sheetId: id, revision, edits })).rejects.toMatchObject({
    data: { code: 'conflict' },
  })
  expect(await studio.sheet(id)).toMatchObject({ rows: 11 })
})

test('texts are read as what belongs into the cell; one that does not fit leaves everything as it was', async () => {
  const studio = await openStudio()
  const id = await imported(studio)
  const set = (row: number, column: string, text: string | null) =>
    studio.edit(id, { kind: 'cells', cells: [{ row, column, text }] })
  await set(1, 'score', '2.50')
  await set(1, 'tags', '["x", {"y": null}]')
  await set(2, 'prompt', '[1]')
  await set(2, 'score', '')
  const { rows: shown } = await studio.client.datasets.rows({
    sheetId: id,
    viewId: null,
    offset: 0,
    limit: 2,
  })
  expect(shown[0]!.cells.map(({ kind, text }) => [kind, text])).toEqual([
    ['text', 'Question 0'],
    ['text', 'Answer 0'],
    ['number', '2.5'],
    ['json', '["x",{"y":null}]'],
  ])
  expect(shown[1]!.cells.slice(0, 3).map(({ kind, text }) => [kind, text])).toEqual([
    ['text', '[1]'],
    ['text', 'Answer 1'],
    ['missing', ''],
  ])
  const before = await studio.texts(id)
  await expect(
    studio.edit(
      id,
      { kind: 'cells', cells: [{ row: 3, column: 'prompt', text: 'lost?' }] },
      { kind: 'cells', cells: [{ row: 3, column: 'score', text: 'many' }] },
    ),
  ).rejects.toMatchObject({ message: '"many" is not a number, which the column "score" holds here.' })
  expect(await studio.texts(id)).toEqual(before)
})

test('a block from a spreadsheet goes over the rows of the view, and on below its end', async () => {
  const studio = await openStudio()
  const id = await imported(studio)
  const spec = { ...everything, sort: [{ column: 'prompt', direction: 'descending' as const }] }
  const { viewId } = await studio.client.datasets.view({ sheetId: id, spec })
  const paste = (text: string) =>
    studio.edit(id, { kind: 'paste', viewId, row: 2, columns: ['prompt', 'completion'], text })
  // Rows 2 ("Question 1") and 1 ("Question 0") are the last two of the view.
  const { inserted } = await paste('one\t"two\nlines"\r\n"a ""b"""\tc\r\nnew\trow\r\n')
  expect(inserted).toHaveLength(1)
  const texts = await studio.texts(id, viewId)
  expect(texts.slice(-3).map((cells) => cells.slice(0, 2))).toEqual([
    ['one', 'two\nlines'],
    ['a "b"', 'c'],
    ['new', 'row'],
  ])
  await studio.undo(id)
  await expect(paste('1\t2\t3')).rejects.toMatchObject({
    message: expect.stringMatching(/3 cells wide.*2 columns/),
  })
  const copied = await studio.client.datasets.copyText({
    sheetId: id,
    rows: { viewId, ranges: [[10, 12]] },
    columns: ['prompt', 'completion'],
    header: true,
  })
  expect(copied).toEqual({ text: 'prompt\tcompletion\nQuestion 1\tAnswer 1\nQuestion 0\tAnswer 0', rows: 2 })
})

test('sorting: numbers as numbers, also written as text, then texts without case, empty cells last', async () => {
  const studio = await openStudio()
  const values = ['10', 9, '', 'b', 'A', null, '2.5', -1, 'c', 'a', undefined, '  ']
  const id = await imported(
    studio,
    values.map((value, i) => ({ prompt: `p${i}`, completion: 'c', value })),
  )
  const sorted = async (direction: 'ascending' | 'descending') => {
    const spec = { ...everything, sort: [{ column: 'value', direction }] }
    const { viewId } = await studio.client.datasets.view({ sheetId: id, spec })
    return (await studio.texts(id, viewId)).map(([prompt]) => prompt)
  }
  expect(await sorted('ascending')).toEqual('p7 p6 p1 p0 p4 p9 p3 p8 p2 p5 p10 p11'.split(' '))
  expect(await sorted('descending')).toEqual('p8 p3 p4 p9 p0 p1 p6 p7 p2 p5 p10 p11'.split(' '))
})

test('filters and searches find what they say, by column names of any kind', async () => {
  const studio = await openStudio()
  const odd = 'a "quoted".name\\ $'
  const id = await imported(studio, [
    {
      prompt: 'Äpfel kaufen',
      completion: 'ja',
      [odd]: 3,
      messages: [{ role: 'user', content: 'Hallo Welt' }],
    },
    { prompt: 'äpfel essen', completion: '', [odd]: '20' },
    { prompt: 'nichts', completion: 'role', [odd]: 'x' },
  ])
  const found = async (spec: object) => {
    const { viewId, rows: count } = await studio.client.datasets.view({
      sheetId: id,
      spec: { ...everything, ...spec },
    })
    const prompts = (await studio.texts(id, viewId)).map(([prompt]) => prompt!.split(' ').at(-1))
    expect(prompts).toHaveLength(count)
    return prompts.join(' ')
  }
  expect(await found({ search: search('ÄPFEL') })).toBe('kaufen essen')
  expect(await found({ search: search('ÄPFEL', { matchCase: true }) })).toBe('')
  expect(await found({ search: search('pfel', { wholeWord: true }) })).toBe('')
  expect(await found({ search: search('hallo') })).toBe('kaufen')
  // The names of fields inside of a list are no text of the row.
  expect(await found({ search: search('role') })).toBe('nichts')
  expect(await found({ search: search('^ä.*n$', { regex: true }) })).toBe('kaufen essen')
  await expect(found({ search: search('(', { regex: true }) })).rejects.toMatchObject({
    data: { code: 'bad-argument' },
  })
  expect(await found({ filters: [{ op: 'greater', column: odd, number: 3 }] })).toBe('essen')
  expect(await found({ filters: [{ op: 'at-most', column: odd, number: 20 }] })).toBe('kaufen essen')
  expect(await found({ filters: [{ op: 'empty', column: 'completion' }] })).toBe('essen')
  expect(await found({ filters: [{ op: 'not-contains', column: 'prompt', text: 'KAUF' }] })).toBe(
    'essen nichts',
  )
  expect(await found({ filters: [{ op: 'chars', column: 'prompt', from: null, to: 6 }] })).toBe('nichts')
  expect(await found({ sort: [{ column: odd, direction: 'descending' }] })).toBe('nichts essen kaufen')
})

test('rows keep their place in a view while they are edited; asked again, the view applies anew', async () => {
  const studio = await openStudio()
  const id = await imported(studio)
  const spec = {
    ...everything,
    filters: [{ op: 'contains' as const, column: 'completion', text: 'answer 1' }],
  }
  const { viewId } = await studio.client.datasets.view({ sheetId: id, spec })
  const shown = async () => (await studio.texts(id, viewId)).map(([prompt]) => prompt)
  expect(await shown()).toEqual(['Question 1', 'Question 6', 'Question 11'])
  await studio.edit(id, { kind: 'cells', cells: [{ row: 7, column: 'completion', text: 'other' }] })
  await studio.edit(id, { kind: 'insert', below: 7, rows: [{ prompt: 'New' }] })
  await studio.edit(id, { kind: 'delete', rows: { ids: [2] } })
  expect(await shown()).toEqual(['Question 6', 'New', 'Question 11'])
  expect(await studio.client.datasets.locate({ sheetId: id, viewId, row: 12 })).toEqual({ offset: 2 })
  const again = await studio.client.datasets.view({ sheetId: id, spec })
  expect((await studio.texts(id, again.viewId)).map(([prompt]) => prompt)).toEqual(['Question 11'])
  const unsaved = await studio.client.datasets.view({ sheetId: id, spec: { ...everything, unsaved: true } })
  expect((await studio.texts(id, unsaved.viewId)).map(([prompt]) => prompt)).toEqual(['Question 6', 'New'])
  await studio.restart()
  await expect(studio.texts(id, viewId)).rejects.toMatchObject({ data: { code: 'not-found' } })
})

test('replace: the preview tells what will be, texts inside of lists too, keys never', async () => {
  const studio = await openStudio()
  const id = await imported(studio, [
    { prompt: 'a.b a', completion: 'x', messages: [{ role: 'user', content: 'a and a' }] },
    { prompt: '$& stays', completion: 'none', messages: [] },
  ])
  const replace = { search: search('a', { wholeWord: true }), replacement: '$&!', rows: null }
  const preview = await studio.client.datasets.replacePreview({ sheetId: id, ...replace })
  expect(preview).toMatchObject({ rows: 1, places: 4 })
  expect(preview.first[0]).toEqual({ row: 1, column: 'prompt', before: 'a.b a', after: '$&!.b $&!' })
  const { revision } = await studio.sheet(id)
  const edit = { kind: 'replace' as const, ...replace }
  const done = await studio.result(await studio.client.datasets.editAll({ sheetId: id, revision, edit }))
  expect(done).toMatchObject({ rows: 1, sheet: { undo: { label: 'Replace in 1 row' } } })
  expect((await studio.texts(id))[0]).toEqual(['$&!.b $&!', 'x', '[{"role":"user","content":"$&! and $&!"}]'])
  const found = await studio.client.datasets.find({
    sheetId: id,
    viewId: null,
    search: search('(\\w+) and', { regex: true, columns: ['messages'] }),
    from: -1,
    direction: 'next',
  })
  expect(found).toBeNull()
})

test('find goes round, forwards and backwards', async () => {
  const studio = await openStudio()
  const id = await imported(studio)
  const find = async (from: number, direction: 'next' | 'previous') =>
    (
      await studio.client.datasets.find({
        sheetId: id,
        viewId: null,
        search: search('answer 1'),
        from,
        direction,
      })
    )?.offset
  expect([await find(-1, 'next'), await find(1, 'next'), await find(11, 'next')]).toEqual([1, 6, 1])
  expect([await find(6, 'previous'), await find(0, 'previous')]).toEqual([1, 11])
})

test('a split by fraction is the same for the same seed, everywhere; one by a column is what the column says', async () => {
  const studio = await openStudio()
  const id = await imported(studio)
  const split = async (rule: object) => {
    const { revision } = await studio.sheet(id)
    const edit = { kind: 'split', rule } as never
    await studio.result(await studio.client.datasets.editAll({ sheetId: id, revision, edit }))
    const { rows: all } = await studio.client.datasets.rows({
      sheetId: id,
      viewId: null,
      offset: 0,
      limit: 50,
    })
    return all.filter((row) => row.split === 'validation').map((row) => row.id)
  }
  const first = await split({ by: 'fraction', fraction: 0.25, seed: 7 })
  expect(first).toHaveLength(3)
  expect(await split({ by: 'fraction', fraction: 0.25, seed: 8 })).not.toEqual(first)
  await studio.restart()
  expect(await split({ by: 'fraction', fraction: 0.25, seed: 7 })).toEqual(first)
  const other = await openStudio()
  const { datasetId } = await other.import(
    other.file('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')),
    { split: { by: 'fraction', fraction: 0.25, seed: 7 } },
  )
  const there = await other.client.datasets.rows({ sheetId: datasetId, viewId: null, offset: 0, limit: 50 })
  expect(there.rows.filter((row) => row.split === 'validation').map((row) => row.id)).toEqual(first)
  expect(await split({ by: 'column', column: 'score', validation: ['2'] })).toEqual([3, 6, 9, 12])
  expect(await split({ by: 'none', into: 'train' })).toEqual([])
  await expect(split({ by: 'fraction', fraction: 0.01, seed: 1 })).rejects.toThrow(/a part would be empty/)
})
