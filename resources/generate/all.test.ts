/** The files under resources/ are exactly what the generators write. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { generateAll } from './all.ts'

it('makes the same bytes twice, and those on disk', () => {
  const files = generateAll()
  expect(generateAll()).toEqual(files)
  for (const [name, content] of files) {
    const onDisk = readFileSync(join(import.meta.dirname, '..', name), 'utf8')
    expect(onDisk === content, `resources/${name} is stale: run node resources/generate/all.ts`).toBe(true)
  }
})
