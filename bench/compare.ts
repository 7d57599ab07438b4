/**
 * The compare screen with long runs: what a step costs to store, how fast the host answers, and how fast the window opens,
 * pans and follows a growing run in Debian's chromium (software rendering).
 *
 *   node bench/compare.ts [--runs N] [--steps N] [--pages DIR] [--json]
 *
 * --runs, --steps  12 runs of 100 000 steps unless said otherwise
 * --pages          folder of the built page; without it the window is not measured
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { startHeadless } from '../electron/serve/start-headless.ts'
import { stepMetrics } from '../electron/store/testing/records.ts'
import { hostTimes } from './compare/host-times.ts'
import { makeLongRuns } from './compare/long-runs.ts'
import { liveTimes, openTimes, panTimes, type WindowTime } from './compare/window-times.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const growEveryMs = 20
const liveSeconds = 6

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '12' },
    steps: { type: 'string', default: '100000' },
    pages: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

async function windowTimes(dataDir: string, ids: readonly string[], pages: string): Promise<WindowTime[]> {
  const studio = await startHeadless({ dataDir, pages })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: flags,
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(studio.url)
    await page.waitForSelector('h1')
    const opened = await openTimes(page, ids)
    const panned = await panTimes(page)
    const { runs, metrics } = studio.host.store
    const growing = ids[0]!
    runs.start(growing)
    studio.host.changes.publish({ topic: 'runs', id: growing })
    let step = metrics.lastStep(growing)
    const timer = setInterval(() => metrics.addStep(growing, stepMetrics(++step, { loss: 2 })), growEveryMs)
    const live = await liveTimes(page, liveSeconds)
    clearInterval(timer)
    return [...opened, ...panned, live]
  } finally {
    await browser.close()
    await studio.close()
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'peft-studio-bench-'))
try {
  const { ids, insertMicroseconds } = makeLongRuns(dataDir, Number(options.runs), Number(options.steps))
  const host = await hostTimes(dataDir, ids)
  const window = options.pages === undefined ? [] : await windowTimes(dataDir, ids, options.pages)
  if (options.json) console.log(JSON.stringify({ insertMicroseconds, host, window }))
  else {
    console.log(
      `${options.runs} runs of ${options.steps} steps; storing a step: ${insertMicroseconds.toFixed(1)} µs`,
    )
    console.table(
      host.map(({ what, ...time }) => ({
        what,
        ms: round(time.milliseconds),
        'cpu ms': round(time.cpuMilliseconds),
        kB: round(time.kilobytes),
      })),
    )
    console.table(
      window.map(({ what, median, p95, cpu }) => ({
        what,
        'p50 ms': round(median),
        'p95 ms': round(p95),
        ...(cpu === undefined ? {} : { 'cpu ms': round(cpu) }),
      })),
    )
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
process.exit(0)

function round(value: number): number {
  return Number(value.toPrecision(3))
}
