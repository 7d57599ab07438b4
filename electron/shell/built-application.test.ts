import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { buildDesktopIfStale } from '../launch/build-if-stale.ts'
import { temporaryFolder } from '../store/testing/folders.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

beforeAll(() => buildDesktopIfStale(root, process.stderr))

/** What the application did: a page, a run that trained, an orderly end. */
async function runApplication(main: string): Promise<unknown> {
  const script = fileURLToPath(new URL('./testing/run-built.ts', import.meta.url))
  const env = { ...process.env, PEFT_STUDIO_DATA: temporaryFolder() }
  const { stdout } = await run(process.execPath, [script, main], { env })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const whole = {
  page: 200,
  title: 'PEFT Studio',
  studio: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
  status: 'completed',
  steps: 3,
  trainers: 1,
}

test('the built application opens its page, and trains with the built trainer', async () => {
  expect(await runApplication(join(root, 'out/main/main.js'))).toMatchObject(whole)
})

test('every worker and process that is named was built where its user looks for it', () => {
  const built = readdirSync(join(root, 'out/main'), { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.js'))
    .map(({ parentPath, name }) => join(parentPath, name))
  const named = built.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g)].map(([, path]) =>
      join(file, '..', path ?? ''),
    ),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((file) => !built.includes(file))).toEqual([])
})

test('the preload script is one CommonJS file that needs nothing but Electron', () => {
  const preload = readFileSync(join(root, 'out/preload/preload.cjs'), 'utf8')
  expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron'])
})

test.runIf(process.platform === 'linux')(
  'the package holds all that is needed to train, and nothing of the sources',
  async () => {
    const folder = temporaryFolder()
    const packed = join(await packInto(folder), 'resources')
    expect(readdirSync(packed).sort()).toEqual(['app.asar', 'app.asar.unpacked', 'resources'])
    // Only Electron reads an archive as a folder: taken out of it, at the same place in the tree.
    const { extractAll, listPackage } = createRequire(import.meta.url)('@electron/asar')
    const files: string[] = listPackage(join(packed, 'app.asar'))
    expect([...new Set(files.map((file) => file.split('/')[1]))].sort()).toEqual([
      'LICENSE',
      'node_modules',
      'out',
      'package.json',
    ])
    expect(
      files.filter((file) => /\.node$|\.so\b/.test(file) && !file.includes(`${process.platform}`)),
    ).toEqual([])
    const unpacked = join(folder, 'unpacked')
    extractAll(join(packed, 'app.asar'), join(unpacked, 'app.asar'))
    await run('cp', ['-r', join(packed, 'resources'), unpacked])
    expect(await runApplication(join(unpacked, 'app.asar/out/main/main.js'))).toMatchObject(whole)
  },
)

/** Packs as `npx electron-builder --linux dir` does, but for Electron itself, whose place an empty program takes. */
async function packInto(folder: string): Promise<string> {
  const dist = join(folder, 'electron')
  mkdirSync(join(dist, 'resources'), { recursive: true })
  writeFileSync(join(dist, 'electron'), '#!/bin/sh\n')
  chmodSync(join(dist, 'electron'), 0o755)
  const configuration = readFileSync(join(root, 'electron-builder.yml'), 'utf8')
  // Fuses are set in Electron's program.
  const withoutFuses = configuration.replace(/^electronFuses:\n(?: {2}.*\n)+/m, '')
  expect(withoutFuses).not.toBe(configuration)
  writeFileSync(join(folder, 'builder.yml'), withoutFuses)
  const builder = join(root, 'node_modules/electron-builder/cli.js')
  const settings = [
    '-c',
    join(folder, 'builder.yml'),
    `-c.electronDist=${dist}`,
    `-c.directories.output=${folder}`,
  ]
  await run(process.execPath, [builder, '--linux', 'dir', '--x64', ...settings], { cwd: root })
  return join(folder, 'linux-unpacked')
}
