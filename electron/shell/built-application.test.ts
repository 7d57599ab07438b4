import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildDesktopIfStale } from '../launch/build-if-stale.ts'
import { temporaryFolder } from '../store/testing/folders.ts'

const root = join(import.meta.dirname, '../..')

test('the built application opens its page, and trains with the built trainer', async () => {
  await buildDesktopIfStale(root, process.stderr)
  const script = fileURLToPath(new URL('./testing/run-built.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    env: { ...process.env, PEFT_STUDIO_DATA: temporaryFolder() },
  })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    page: 200,
    title: 'PEFT Studio',
    studio: version,
    status: 'completed',
    steps: 3,
    trainers: 1,
  })
})

test('the preload script is one CommonJS file that needs nothing but Electron', async () => {
  await buildDesktopIfStale(root, process.stderr)
  const preload = readFileSync(join(root, 'out/preload/preload.cjs'), 'utf8')
  expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron'])
})
