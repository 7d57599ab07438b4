import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStudio, visit } from '../../serve/testing/visitor.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { listFolder } from './list-folder.ts'

async function folderOf(...paths: string[]): Promise<string> {
  const folder = temporaryFolder()
  for (const path of paths) {
    if (path.endsWith('/')) await mkdir(join(folder, path), { recursive: true })
    else await writeFile(join(folder, path), path)
  }
  return folder
}

test('folders come first, then data files with their sizes; the rest is left out', async () => {
  const folder = await folderOf(
    'b/',
    'a10/',
    'a9/',
    'rows.csv',
    'Poems.JSONL',
    'photo.png',
    '.hidden/',
    '.rows.csv',
  )
  await symlink(join(folder, 'b'), join(folder, 'zlink'))
  await symlink(join(folder, 'nowhere'), join(folder, 'broken'))
  const listing = await listFolder(folder)
  expect(listing.entries.map(({ name, kind, bytes }) => [name, kind, bytes])).toEqual([
    ['a9', 'folder', null],
    ['a10', 'folder', null],
    ['b', 'folder', null],
    ['zlink', 'folder', null],
    ['Poems.JSONL', 'file', 11],
    ['rows.csv', 'file', 8],
  ])
  expect(listing).toMatchObject({ path: folder, parent: join(folder, '..'), leftOut: 0 })
})

test('a folder with a model is marked', async () => {
  const folder = await folderOf(
    'whole/',
    'whole/config.json',
    'whole/model.safetensors',
    'part/',
    'part/config.json',
  )
  await mkdir(join(folder, 'shards'))
  await writeFile(join(folder, 'shards/config.json'), '{}')
  await writeFile(join(folder, 'shards/model.safetensors.index.json'), '{}')
  const { entries } = await listFolder(folder)
  expect(entries.filter(({ isModel }) => isModel).map(({ name }) => name)).toEqual(['shards', 'whole'])
})

test('without a path it begins at home; the top has no parent', async () => {
  expect((await listFolder(null)).path).toBe(homedir())
  expect((await listFolder('/')).parent).toBeNull()
})

test('a very full folder is counted, not sent whole', async () => {
  const folder = await folderOf(...Array.from({ length: 1_200 }, (_, n) => `rows-${n}.csv`))
  const { entries, leftOut } = await listFolder(folder)
  expect([entries.length, leftOut]).toEqual([1_000, 200])
  expect(entries[2]?.name).toBe('rows-2.csv')
})

test('a page lists folders; what cannot be listed is said with the remedy', async () => {
  const folder = await folderOf('rows.csv')
  const { client } = await visit(await openStudio())
  expect(await client.shell.features()).toMatchObject({ listFolder: true, pickFolder: false, reveal: false })
  expect((await client.shell.listFolder({ path: folder })).entries).toMatchObject([{ name: 'rows.csv' }])
  await expect(client.shell.listFolder({ path: join(folder, 'none') })).rejects.toMatchObject({
    data: { code: 'not-found', hint: 'Check the path for typing mistakes.' },
  })
  await expect(client.shell.listFolder({ path: join(folder, 'rows.csv') })).rejects.toMatchObject({
    data: { code: 'disk' },
  })
  await expect(client.shell.pickFolder({ title: 'x' })).rejects.toMatchObject({
    data: { code: 'unsupported', hint: expect.stringContaining('upload') },
  })
})
