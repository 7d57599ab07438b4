/** How long the window takes: from the address of a comparison to its drawn curves, to pan, and to follow a growing run. */
import type { CDPSession, Page } from 'playwright-core'

export interface WindowTime {
  readonly what: string
  readonly median: number
  readonly p95: number
  /** Processor time of the page's main thread per opening or frame, which other work on the machine changes less. */
  readonly cpu?: number
}

/** Processor milliseconds of the page's main thread so far. */
async function pageCpu(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
}

/** A session that counts processor time instead of time on the clock. */
async function counting(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return session
}

const chart = '[data-chart="Training loss"]'
const opens = 7
const frames = 150

/** Milliseconds from the change of the address until all curves are on the screen. */
export async function openTimes(page: Page, ids: readonly string[]): Promise<WindowTime[]> {
  const address = `#/runs/compare?ids=${ids.join(',')}`
  const once = () =>
    page.evaluate(
      async ({ address, chart, count }) => {
        const start = performance.now()
        window.location.hash = address
        const drawn = () => {
          const curves: unknown = JSON.parse(
            document.querySelector<HTMLElement>(chart)?.dataset.curves ?? '[]',
          )
          return Array.isArray(curves) && curves.length === count
        }
        while (!drawn()) await new Promise((resolve) => requestAnimationFrame(resolve))
        // The frame that shows it has been handed over when the next one begins.
        await new Promise((resolve) => requestAnimationFrame(resolve))
        return performance.now() - start
      },
      { address, chart, count: ids.length },
    )
  const away = async () => {
    await page.evaluate(() => {
      window.location.hash = '#/runs'
    })
    await page.waitForSelector('table[aria-label=Runs]')
    await page.waitForTimeout(300)
  }
  await away()
  const session = await counting(page)
  const start = await pageCpu(session)
  const first = await once()
  const firstCpu = (await pageCpu(session)) - start
  const again: number[] = []
  let cpu = 0
  for (let turn = 0; turn < opens; turn++) {
    await away()
    const before = await pageCpu(session)
    again.push(await once())
    cpu += (await pageCpu(session)) - before
  }
  return [
    { what: 'open compare, first time', median: first, p95: first, cpu: firstCpu },
    { ...summary('open compare', again), cpu: cpu / opens },
  ]
}

/** Time between frames while the view moves by some pixels in each. */
export async function panTimes(page: Page): Promise<WindowTime[]> {
  const session = await counting(page)
  const before = await pageCpu(session)
  const times = await page.evaluate(
    async ({ chart, frames }) => {
      const over = document.querySelector<HTMLElement>(`${chart} .u-over`)
      if (over === null) throw new Error('There is no chart to pan.')
      const { left, top, width, height } = over.getBoundingClientRect()
      const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true }
      const next = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      for (let step = 0; step < 4; step++)
        over.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: -170, ctrlKey: true }))
      await new Promise((resolve) => setTimeout(resolve, 500))
      const between: number[] = []
      const busy: number[] = []
      let before = await next()
      for (let frame = 0; frame < frames; frame++) {
        const start = performance.now()
        over.dispatchEvent(new WheelEvent('wheel', { ...at, deltaX: frame % 100 < 50 ? 6 : -6 }))
        // Svelte and uPlot draw in microtasks.
        await Promise.resolve().then(() => undefined)
        await new Promise((resolve) => queueMicrotask(() => resolve(undefined)))
        busy.push(performance.now() - start)
        const now = await next()
        between.push(now - before)
        before = now
      }
      return { between, busy }
    },
    { chart, frames },
  )
  const cpu = ((await pageCpu(session)) - before) / frames
  return [
    { ...summary('pan, between frames', times.between), cpu },
    summary('pan, script per frame', times.busy),
  ]
}

/** Time between frames while runs grow. */
export async function liveTimes(page: Page, seconds: number): Promise<WindowTime> {
  const session = await counting(page)
  const before = await pageCpu(session)
  const times = await page.evaluate(async (seconds) => {
    const between: number[] = []
    const end = performance.now() + seconds * 1_000
    const next = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
    let before = await next()
    while (performance.now() < end) {
      const now = await next()
      between.push(now - before)
      before = now
    }
    return between
  }, seconds)
  return {
    ...summary('live, between frames', times),
    cpu: ((await pageCpu(session)) - before) / times.length,
  }
}

function summary(what: string, values: readonly number[]): WindowTime {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { what, median: at(0.5), p95: at(0.95) }
}
