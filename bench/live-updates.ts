/**
 * What it costs a window to show a run as it happens: a job that counts steps as fast as it is told, the Train screen in
 * chromium, and the time of its main thread per frame. Needs the built page.
 *
 *   node bench/live-updates.ts [--step-ms 5] [--seconds 10]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { startHeadless } from '../electron/serve/start-headless.ts'

const { values } = parseArgs({
  options: { 'step-ms': { type: 'string', default: '5' }, seconds: { type: 'string', default: '10' } },
})
const seconds = Number(values.seconds)
const dataDir = mkdtempSync(join(tmpdir(), 'peft-studio-bench-'))
process.env.PEFT_STUDIO_JOB_MODULE = join(import.meta.dirname, '../electron/host/testing/counting-job.ts')
writeFileSync(join(dataDir, 'counting.json'), JSON.stringify({ stepMs: Number(values['step-ms']) }))
const studio = await startHeadless({ dataDir })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ],
})
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(studio.url)
  await page.evaluate(() => window.location.assign('#/train'))
  const { id } = await studio.host.runs.create({
    modelId: 'builtin:studio-tiny',
    datasetVersionId: 'builtin:pirate@1',
    method: 'lora',
    training: { steps: 1_000_000, evaluateEvery: 0, watchdog: 'off' },
  })
  await page.getByRole('img', { name: /Loss/ }).or(page.getByText('Training loss')).first().waitFor()
  await sleep(2_000)
  const first = studio.host.store.metrics.lastStep(id)
  const { frames, longTasks, busyMs } = await watch(page, seconds)
  const steps = studio.host.store.metrics.lastStep(id) - first
  const at = (share: number) => frames[Math.floor((frames.length - 1) * share)]!.toFixed(1)
  console.log(`${steps} steps in ${seconds} s (${Math.round(steps / seconds)} a second), window 1280 × 800`)
  console.log(
    `frames      ${frames.length}, interval median ${at(0.5)} ms, 95 % ${at(0.95)} ms, greatest ${at(1)} ms`,
  )
  console.log(`main thread ${(busyMs / frames.length).toFixed(2)} ms a frame, ${longTasks} tasks over 50 ms`)
} finally {
  await browser.close()
  await studio.close()
  rmSync(dataDir, { recursive: true, force: true })
}

async function watch(page: Page, duration: number) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1_000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
  }
  const before = await busy()
  const seen = await page.evaluate(
    (milliseconds) =>
      new Promise<{ frames: number[]; longTasks: number }>((resolve) => {
        const frames: number[] = []
        let longTasks = 0
        new PerformanceObserver((list) => {
          longTasks += list.getEntries().length
        }).observe({ type: 'longtask' })
        const start = performance.now()
        let last = start
        const tick = (now: number) => {
          frames.push(now - last)
          last = now
          if (now - start < milliseconds) requestAnimationFrame(tick)
          else resolve({ frames: frames.slice(1), longTasks })
        }
        requestAnimationFrame(tick)
      }),
    duration * 1_000,
  )
  return { ...seen, frames: seen.frames.sort((a, b) => a - b), busyMs: (await busy()) - before }
}
