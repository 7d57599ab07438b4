/**
 * The grid of the datasets screen over many rows, in a real browser: how soon rows are seen, and how even frames are.
 *
 *   node bench/datasets-grid.ts [--rows 1000000] [--lines 2] [--keep DIR]
 *
 * --rows   rows of the dataset that is made and imported first
 * --lines  lines of text that a row shows
 * --keep   data folder to keep and use again (the import is then skipped)
 *
 * Needs the built window (npm run build). Frames are counted with requestAnimationFrame while the grid is scrolled every
 * frame; times of a page without a graphics card include painting on the processor.
 */

import { once } from 'node:events'
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { startHeadless } from '../electron/serve/start-headless.ts'
import { describeMachine } from './machine.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    lines: { type: 'string', default: '2' },
    keep: { type: 'string' },
  },
})
const rows = Number(values.rows)
const words = 'the quick brown fox jumps over a lazy dog and runs along the river until night falls'.split(
  ' ',
)

function text(row: number, length: number): string {
  return Array.from({ length }, (_, i) => words[(row * 7 + i * 3) % words.length]).join(' ')
}

async function writeRows(path: string): Promise<void> {
  const file = createWriteStream(path)
  for (let row = 0; row < rows; row += 1) {
    const line = JSON.stringify({
      prompt: `Row ${row}: ${text(row, 14)}`,
      completion: text(row + 3, 20 + (row % 20)),
      source: words[row % 5],
      score: (row % 100) / 100,
    })
    if (!file.write(`${line}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

interface Frames {
  readonly name: string
  readonly median: number
  readonly p95: number
  readonly longest: number
  /** Share of frames in which a row on the screen had no text yet. */
  readonly blank: number
  /** Milliseconds per frame that the page's own thread worked: scripts, style, layout. */
  readonly work: number
}

/** Scrolls a step per frame and times the frames. @param step pixels, or a place drawn at random */
async function frames(page: Page, name: string, step: number | 'anywhere', count: number): Promise<Frames> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const names = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration']
    return metrics.reduce((sum, metric) => sum + (names.includes(metric.name) ? metric.value : 0), 0)
  }
  const before = await worked()
  const found = await page.evaluate(
    async ({ name, step, count }) => {
      const grid = document.querySelector<HTMLElement>('[role="grid"]')!
      const times: number[] = []
      let blank = 0
      let last = performance.now()
      for (let i = 0; i < count; i += 1) {
        grid.scrollTop = step === 'anywhere' ? Math.random() * grid.scrollHeight : grid.scrollTop + step
        await new Promise((resolve) => requestAnimationFrame(resolve))
        const now = performance.now()
        times.push(now - last)
        last = now
        if (grid.querySelector('.coming') !== null) blank += 1
      }
      const sorted = times.slice(3).sort((a, b) => a - b)
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
      return { name, median: at(0.5), p95: at(0.95), longest: at(1), blank: blank / count }
    },
    { name, step, count },
  )
  const work = ((await worked()) - before) * (1_000 / count)
  await session.detach()
  return { ...found, work }
}

/** Milliseconds from a leap to somewhere else until all rows on the screen have their texts. */
function leaps(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (count) => {
    const grid = document.querySelector<HTMLElement>('[role="grid"]')!
    const times: number[] = []
    for (let i = 0; i < count; i += 1) {
      const started = performance.now()
      grid.scrollTop = Math.random() * grid.scrollHeight
      do await new Promise((resolve) => requestAnimationFrame(resolve))
      while (grid.querySelector('.coming') !== null)
      times.push(performance.now() - started)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return times.sort((a, b) => a - b)
  }, count)
}

const dataDir = values.keep ?? mkdtempSync(join(tmpdir(), 'peft-studio-grid-'))
const source = join(dataDir, 'rows.jsonl')
const known = existsSync(join(dataDir, 'datasets'))
const server = await startHeadless({ port: 0, dataDir })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(server.url)
  await page.evaluate((lines) => localStorage.setItem('peft-studio.datasets.lines', lines), values.lines)
  if (!known) {
    await writeRows(source)
    const started = performance.now()
    await page.goto(`${server.url.split('?')[0]}#/datasets/import?path=${encodeURIComponent(source)}`)
    await page.getByRole('button', { name: /^Import (all|\d)/ }).click()
    await page.getByRole('grid').waitFor({ timeout: 600_000 })
    console.log(`import of ${rows} rows: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
  await page.goto(`${server.url.split('?')[0]}#/datasets`)
  await page.reload()
  await page.getByRole('link', { name: 'rows', exact: true }).waitFor()
  const opening = performance.now()
  await page.getByRole('link', { name: 'rows', exact: true }).click()
  await page.locator('[role="gridcell"][data-column="0"]', { hasText: 'Row 0' }).first().waitFor()
  console.log(`open until rows are seen: ${(performance.now() - opening).toFixed(0)} ms`)
  const { processor, cores, loadBefore } = describeMachine()
  console.log(`${processor}, ${cores} cores, load ${loadBefore.toFixed(1)}`)
  const results = [
    await frames(page, 'wheel, 60 px a frame', 60, 300),
    await frames(page, 'fast, 600 px a frame', 600, 300),
    await frames(page, 'bar dragged, anywhere', 'anywhere', 200),
  ]
  for (const { name, median, p95, longest, blank, work } of results)
    console.log(
      `${name.padEnd(24)} frame median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)}, longest ${longest.toFixed(1)}, own work ${work.toFixed(1)}; rows still coming in ${(blank * 100).toFixed(0)} % of frames`,
    )
  const times = await leaps(page, 40)
  console.log(
    `after a leap rows are there in ${times[20]!.toFixed(0)} ms (median), ${times[39]!.toFixed(0)} ms at most`,
  )
  await page.getByRole('grid').press('Control+End')
  await page
    .locator('[role="gridcell"][data-column="0"]', { hasText: `Row ${rows - 1}:` })
    .first()
    .waitFor()
  console.log('the last row is reached')
} finally {
  await browser.close()
  await server.close()
  if (values.keep === undefined) rmSync(dataDir, { recursive: true, force: true })
}
process.exit(0)
