import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { isUpToDate, outputs, type Part, stamped } from '../build/stamp.ts'
import { temporaryFolder } from '../store/testing/folders.ts'
import { buildPageIfStale } from './build-if-stale.ts'

const root = join(import.meta.dirname, '../..')

/**
 * A checkout as small as the page needs: the project's own sources, but a page of one line, and an Electron package
 * whose installer the test writes.
 */
function checkout({ electronInstaller = 'process.exit(1)' } = {}): string {
  const folder = temporaryFolder()
  for (const name of [
    'electron',
    'engine',
    'resources',
    'package.json',
    'package-lock.json',
    'renderer.vite.config.ts',
  ]) {
    if (name.includes('.') || name === 'electron')
      cpSync(join(root, name), join(folder, name), { recursive: true })
    else symlinkSync(join(root, name), join(folder, name))
  }
  mkdirSync(join(folder, 'renderer'))
  writeFileSync(
    join(folder, 'renderer/index.html'),
    '<title>one</title><script type="module" src="./main.ts"></script>',
  )
  writeFileSync(join(folder, 'renderer/main.ts'), 'document.title = "one"')
  mkdirSync(join(folder, 'node_modules/electron'), { recursive: true })
  for (const name of packagesBut('electron')) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  writeFileSync(join(folder, 'node_modules/electron/package.json'), '{ "version": "0.0.0" }')
  writeFileSync(join(folder, 'node_modules/electron/install.js'), `require('node:fs');${electronInstaller}`)
  return folder
}

function packagesBut(...left: readonly string[]): string[] {
  const { packages }: { packages: Record<string, unknown> } = JSON.parse(
    readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'),
  )
  return Object.keys(packages)
    .filter((path) => path.lastIndexOf('node_modules/') === 0)
    .map((path) => path.slice('node_modules/'.length))
    .filter((name) => !left.includes(name))
}

function npmStart(folder: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...rest } = process.env
  const child = spawn(
    process.execPath,
    [join(folder, 'electron/start.ts'), '--data-dir', temporaryFolder(), ...args],
    {
      env: { ...rest, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
  const url = new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).on('line', (line) => line.startsWith('http') && resolve(line)),
  )
  const end = async () => {
    child.kill('SIGTERM')
    await once(child, 'close')
  }
  return { child, said, url, end }
}

test('a fresh clone without a display builds the page once and opens it in a browser tab', async () => {
  const folder = checkout()
  const first = npmStart(folder, ['--no-open'], {})
  await first.url
  await first.end()
  expect(first.said).toEqual([
    'There is no display here, so the studio opens in a browser tab.',
    'Building the window (a few seconds, only after a change).',
  ])
  const second = npmStart(folder, ['--headless'], {})
  await second.url
  await second.end()
  expect(second.said).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'where Electron cannot be fetched it is tried once, said in one sentence, and the tab opens',
  async () => {
    const folder = checkout({
      electronInstaller: "console.log('noise'); console.error('noise'); process.exit(1)",
    })
    const first = npmStart(folder, [], { DISPLAY: ':99', ...asUser })
    await first.url
    await first.end()
    expect(first.said).toEqual([
      'Fetching Electron (about 120 MB, once).',
      'Electron is not here and could not be fetched ("npx install-electron" tries again), so the studio opens in a browser tab.',
      'Building the window (a few seconds, only after a change).',
    ])
    const second = npmStart(folder, [], { DISPLAY: ':99', ...asUser })
    await second.url
    await second.end()
    expect(second.said).toEqual([
      'Electron is not here and could not be fetched ("npx install-electron" tries again), so the studio opens in a browser tab.',
    ])
  },
)

test('the page is built anew when its sources change, and only then; a failed build leaves the old page', async () => {
  const folder = checkout()
  const said: string[] = []
  const build = () => buildPageIfStale(folder, { write: (text) => said.push(text) })
  const page = () => readFileSync(join(folder, outputs.page, 'index.html'), 'utf8')
  await build()
  expect(page()).toContain('one')
  await build()
  expect(said).toHaveLength(1)
  writeFileSync(
    join(folder, 'renderer/index.html'),
    page()
      .replace('one', 'two')
      .replace(/<script.*<\/script>/, ''),
  )
  await build()
  expect(page()).toContain('two')
  writeFileSync(join(folder, 'renderer/index.html'), '<script type="module" src="./absent.ts"></script>')
  await expect(build()).rejects.toMatchObject({ message: expect.stringContaining('absent.ts') })
  expect(page()).toContain('two')
  expect(existsSync(join(folder, `${outputs.page}-${process.pid}`))).toBe(false)
})

/** What a complete build leaves. */
function markAsBuilt(folder: string, part: Part): void {
  const plugin = stamped(folder, part)
  const call = (hook: unknown, ...args: unknown[]) => (hook as (...args: unknown[]) => unknown)(...args)
  mkdirSync(join(folder, outputs[part]), { recursive: true })
  call(plugin.configResolved, { build: { outDir: join(folder, outputs[part]) } })
  call(plugin.buildStart)
  call(plugin.writeBundle)
}

test.each<[Part, string, boolean]>([
  ['page', 'renderer/main.ts', true],
  ['page', 'renderer/new.svelte', true],
  ['page', 'package-lock.json', true],
  ['page', 'electron/main.ts', false],
  ['page', 'renderer/new.test.ts', false],
  ['desktop', 'electron/main.ts', true],
  ['desktop', 'electron/main.test.ts', false],
  ['desktop', 'renderer/main.ts', false],
])('the build of the %s is stale after a change of %s: %s', async (part, file, stale) => {
  const folder = checkout()
  expect(isUpToDate(folder, part)).toBe(false)
  markAsBuilt(folder, part)
  expect(isUpToDate(folder, part)).toBe(true)
  writeFileSync(
    join(folder, file),
    `${existsSync(join(folder, file)) ? readFileSync(join(folder, file)) : ''} `,
  )
  expect(isUpToDate(folder, part)).toBe(!stale)
})

/** A checkout whose Electron is a shell script. */
function checkoutWith(script: string): string {
  const folder = checkout()
  const binary = join(folder, 'node_modules/electron/dist/electron')
  mkdirSync(join(binary, '..'))
  writeFileSync(join(folder, 'node_modules/electron/path.txt'), 'electron')
  writeFileSync(binary, `#!/bin/sh\n${script}\n`)
  chmodSync(binary, 0o755)
  for (const part of ['page', 'desktop'] as const) markAsBuilt(folder, part)
  return folder
}

/** Electron's sandbox refuses root on Linux, whom tests often are. */
const asUser = {
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent('process.getuid = () => 1000')}`,
}

test('the application is started with the data folder, and not as plain Node', async () => {
  const folder = checkoutWith('echo "http $PEFT_STUDIO_DATA [$ELECTRON_RUN_AS_NODE] $1"; exit 7')
  const { child, url, said } = npmStart(folder, [], { DISPLAY: ':99', ELECTRON_RUN_AS_NODE: '1', ...asUser })
  expect(await url, said.join('\n')).toMatch(new RegExp(`^http ${child.spawnargs[3]} \\[\\] ${folder}$`))
  const [code] = await once(child, 'close')
  expect(code).toBe(7)
  expect(said).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'where its sandbox is not permitted, or for root, the tab opens',
  async () => {
    const folder = checkoutWith('echo "FATAL: no sandbox" >&2; kill -TRAP $$')
    const dying = npmStart(folder, [], { DISPLAY: ':99', ...asUser })
    expect(await dying.url).toContain('127.0.0.1')
    await dying.end()
    expect(dying.said).toEqual([
      'FATAL: no sandbox',
      'Electron could not start here (its own words are above), so the studio opens in a browser tab.',
    ])
    const root = { NODE_OPTIONS: asUser.NODE_OPTIONS.replace('1000', '0') }
    const asRoot = npmStart(folder, [], { DISPLAY: ':99', ...root })
    expect(await asRoot.url).toContain('127.0.0.1')
    await asRoot.end()
    expect(asRoot.said).toEqual(['Electron does not run as root, so the studio opens in a browser tab.'])
  },
)
