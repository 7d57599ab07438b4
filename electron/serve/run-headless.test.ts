import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { counting } from '../host/testing/counting-host.ts'
import { openStore, openStoreForReading } from '../store/open-store.ts'
import { temporaryFolder } from '../store/testing/folders.ts'
import { parseStudioArguments } from './studio-arguments.ts'
import { visit } from './testing/visitor.ts'

const script = join(import.meta.dirname, '../headless.ts')
const jobModule = fileURLToPath(new URL('../host/testing/counting-job.ts', import.meta.url))

function headless(...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, PEFT_STUDIO_JOB_MODULE: jobModule },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const url = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (line.startsWith('http://')) resolve(line)
    })
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr, lines }))
  return { child, url, ended }
}

const studioAt = (url: string) => ({ url, port: Number(new URL(url).port) })

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it in order; a run that trains can be resumed',
  async (signal) => {
    const dataDir = temporaryFolder()
    const { child, url, ended } = headless('--headless', '--port', '0', '--data-dir', dataDir, '--no-open')
    const { client } = await visit(studioAt(await url))
    const { id } = await client.runs.create(counting({ training: { steps: 1_000_000 } }))
    await expect
      .poll(async () => (await client.runs.get({ id })).lastStep, { timeout: 20_000 })
      .toBeGreaterThan(5)
    child.kill(signal)
    const { code, stderr } = await ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const store = openStoreForReading(dataDir)
    onTestFinished(() => store.close())
    expect(store.runs.get(id)).toMatchObject({ status: 'interrupted' })
    // Nobody else holds the folder any more.
    openStore(dataDir).close()
  },
)

test('the address is a line of its own', async () => {
  const { url, child, ended } = headless('--data-dir', temporaryFolder())
  expect(await url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+$/)
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
})

test('a folder in use, a taken port and a wrong option end it with a sentence', async () => {
  const dataDir = temporaryFolder()
  const store = openStore(dataDir)
  onTestFinished(() => store.close())
  expect(await headless('--data-dir', dataDir).ended).toMatchObject({
    code: 1,
    lines: [],
    stderr: expect.stringMatching(
      /^error: The studio data in .* is in use by process \d+\.\n {2}Close the other/,
    ),
  })
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  expect(await headless('--data-dir', temporaryFolder(), '--port', String(port)).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`Port ${port} is in use`),
  })
  expect(await headless('--prot', '1').ended).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: Unknown option '--prot'\.\n/),
  })
})

test('listening for others takes a flag, and is warned about', async () => {
  const { url, child, ended } = headless('--host', '0.0.0.0', '--data-dir', temporaryFolder())
  expect(await url).toMatch(/^http:\/\/0\.0\.0\.0:\d+/)
  child.kill('SIGTERM')
  expect((await ended).stderr).toMatch(/^warning: The studio listens on 0\.0\.0\.0/)
})

test.each([
  [['--port', '70000'], '"70000" is no port'],
  [['--port', '-1'], 'ambiguous'],
  [['--port', '1e3'], '"1e3" is no port'],
  [['--port', ''], '"" is no port'],
  [['--host', 'example.org'], '"example.org" is no IP address'],
  [['--data-dir', ' '], '--data-dir names no folder'],
  [['--data-dir'], "'--data-dir <value>' argument missing"],
  [['folder'], "Unexpected argument 'folder'"],
  [['--token', 'x'], "Unknown option '--token'"],
])('%j is refused', (argv, message) => {
  expect(() => parseStudioArguments(argv)).toThrow(
    expect.objectContaining({ code: 'bad-argument', message: expect.stringContaining(message) }),
  )
})

test('what is left out has sensible values', () => {
  expect(parseStudioArguments(['--headless'])).toMatchObject({
    headless: true,
    port: 0,
    address: '127.0.0.1',
    open: true,
  })
  expect(parseStudioArguments(['--no-open', '--data-dir=x'])).toMatchObject({
    headless: false,
    open: false,
    dataDir: join(process.cwd(), 'x'),
  })
})
