/**
 * Cold start of the studio: from starting the process to a page a person can use, each time with a new process, a new
 * browser profile and an empty data folder. Needs the built page.
 *
 *   node bench/cold-start.ts [--times 5] [--json]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { describeMachine } from './machine.ts'

const { values } = parseArgs({
  options: { times: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
})

interface ColdStart {
  /** Milliseconds until the host answers. */
  readonly host: number
  /** Milliseconds until the home screen's button can be pressed, the browser's own start not counted. */
  readonly interactive: number
}

const SETTLE_MS = 2000

async function coldStart(): Promise<ColdStart> {
  const dataDir = mkdtempSync(join(tmpdir(), 'peft-studio-bench-'))
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  // A browser that has just started goes on with itself for a while: that is not the studio's time.
  await sleep(SETTLE_MS)
  const start = performance.now()
  const program = join(import.meta.dirname, '../electron/headless.ts')
  const host = spawn(process.execPath, [program, '--port', '0', '--data-dir', dataDir, '--no-open'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    for await (const line of createInterface({ input: host.stdout })) {
      if (!line.startsWith('http://')) continue
      const answered = performance.now()
      await page.goto(line)
      await page.getByRole('button', { name: 'Compare four methods' }).waitFor()
      return { host: answered - start, interactive: performance.now() - start }
    }
    throw new Error('The host printed no address.')
  } finally {
    await browser.close()
    host.kill('SIGTERM')
    await once(host, 'exit')
    rmSync(dataDir, { recursive: true })
  }
}

const starts: ColdStart[] = []
for (let i = 0; i < Number(values.times); i++) starts.push(await coldStart())
const median = (of: (start: ColdStart) => number): number =>
  starts.map(of).sort((a, b) => a - b)[Math.floor(starts.length / 2)] ?? Number.NaN
const result = {
  machine: describeMachine(),
  starts: starts.length,
  hostMs: Math.round(median(({ host }) => host)),
  interactiveMs: Math.round(median(({ interactive }) => interactive)),
}
console.log(
  values.json
    ? JSON.stringify(result)
    : `host answers after ${result.hostMs} ms, the window can be used after ${result.interactiveMs} ms (median of ${result.starts})`,
)
