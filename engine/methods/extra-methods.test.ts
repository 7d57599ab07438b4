/** Methods from outside: loaded, or refused with the module and the reason. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import throwAway from '../testing/throw-away-method.ts'
import { loadExtraMethods } from './extra-methods.ts'

const module = join(import.meta.dirname, '../testing/throw-away-method.ts')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'extra-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function written(name: string, source: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, source)
  return path
}

test('without the variable there is none', async () => {
  expect(await loadExtraMethods([], '')).toEqual([])
})

test('a module gives its method', async () => {
  expect(await loadExtraMethods(['lora'], module)).toEqual([throwAway])
})

test.each([
  ['export default { name: "x" }', /x0\.mjs cannot be used: title/],
  ['export const method = 1', /x1\.mjs cannot be used/],
  ['throw new Error("broken on purpose")', /broken on purpose/],
])('refused: %s', async (source, why) => {
  const index = ['{ name', 'const', 'throw'].findIndex((word) => source.includes(word))
  await expect(loadExtraMethods([], await written(`x${index}.mjs`, source))).rejects.toThrow(why)
})

test('a name may be there once only', async () => {
  await expect(loadExtraMethods(['throw-away'], module)).rejects.toThrow('the name "throw-away" is taken')
  await expect(loadExtraMethods([], [module, module].join(delimiter))).rejects.toThrow('is taken')
})
