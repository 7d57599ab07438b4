/**
 * Takes pictures of every screen in both themes and both sizes the window is made for, from a studio that this script fills
 * itself: the example is really trained, a dataset is really edited. Needs the built page.
 *
 *   npm run screenshots [-- --out DIR]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRouterClient } from '@orpc/server'
import { chromium, type Page } from 'playwright-core'
import { z } from 'zod'
import type { StudioClient } from '../electron/contract.ts'
import { router } from '../electron/host/router.ts'
import { startHeadless } from '../electron/serve/start-headless.ts'
import { chromiumFlags } from './studio/shells.ts'

const { values: options } = parseArgs({
  options: { out: { type: 'string', default: join(import.meta.dirname, '../docs/screenshots') } },
})
const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 700 },
]
const themes = ['light', 'dark'] as const

mkdirSync(options.out, { recursive: true })
const dataDir = mkdtempSync(join(tmpdir(), 'peft-studio-screenshots-'))
const studio = await startHeadless({ dataDir })
const client: StudioClient = createRouterClient(router, { context: { host: studio.host } })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: chromiumFlags,
})
try {
  const page = await browser.newPage()
  await page.goto(studio.url)
  await page.evaluate(() => document.fonts.ready)
  await pictures(page, 'home', 'home', /Compare four methods/)

  const { comparisonId, runIds } = await client.home.compareExample()
  const ids = runIds.join(',')
  const [, second = ''] = runIds
  await until(async () => (await client.runs.get({ id: second })).lastStep > 40)
  await client.runs.pause({ id: second })
  await pictures(page, 'train', 'train', /Learned tokens/)
  await client.runs.resume({ id: second })

  const datasetId = await editedCopy()
  await until(async () => {
    const runs = await Promise.all(runIds.map((id) => client.runs.get({ id })))
    return runs.every(({ status }) => status === 'completed')
  })
  await pictures(page, 'home-later', 'home', /Recent runs/)
  await pictures(page, 'models', 'models', /Fits this machine/)
  await pictures(page, 'datasets', 'datasets', /Copy to edit/)
  await pictures(page, 'datasets-grid', `datasets/${encodeURIComponent(datasetId)}/row?row=3`, /learned/)
  await page.evaluate(() => window.location.assign('#/method'))
  await page.getByRole('button', { name: 'Measure it' }).first().click()
  await page.getByRole('button', { name: 'Measure again' }).waitFor({ timeout: 120_000 })
  // Nothing lies under the pointer in the pictures that follow.
  await page.mouse.move(0, 0)
  await pictures(page, 'method', 'method', /Where it attaches/)
  await pictures(page, 'train-next', 'train', /Ready/)
  await pictures(page, 'runs', 'runs', /4 runs/)
  await pictures(page, 'compare', `runs/compare?ids=${ids}&saved=${comparisonId}`, /Side by side/)
  await pictures(page, 'settings', 'settings', /Memory limit/)
  await pictures(page, 'settings-devices', 'settings?tab=devices', /Compute on/)
  await pictures(page, 'playground', 'playground', /not in this version yet/)
  await pictures(page, 'export', 'export', /not in this version yet/)
} finally {
  await browser.close()
  await studio.close()
  rmSync(dataDir, { recursive: true })
}

/** Goes to an address, waits until `sign` is seen, and takes the four pictures. */
async function pictures(page: Page, name: string, address: string, sign: RegExp): Promise<void> {
  for (const size of sizes)
    for (const theme of themes) {
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await page.evaluate((hash) => window.location.assign(hash), `#/${address}`)
      await page.getByText(sign).first().waitFor()
      // Curves are drawn in the frames after their data have come.
      await page.waitForLoadState('networkidle')
      await sleep(700)
      await page.screenshot({ path: join(options.out, `${name}-${theme}-${size.width}x${size.height}.png`) })
    }
  console.log(name)
}

/** A copy of the example's data with one cell corrected and saved as its second version. */
async function editedCopy(): Promise<string> {
  const { dataset } = await client.home.example()
  const made = await ended(
    await client.datasets.copy({ versionId: dataset.versionId, name: 'Pirates, corrected' }),
  )
  const { datasetId } = z.object({ datasetId: z.string() }).parse(made)
  const sheet = { sheetId: datasetId }
  const opened = await client.datasets.open(sheet)
  if (opened.state === 'preparing') await ended(opened)
  const { rows, revision } = await client.datasets.rows({ ...sheet, viewId: null, offset: 2, limit: 1 })
  const cells = [
    { row: rows[0]?.id ?? 1, column: 'completion', text: "Arr! Me grandfather be bakin' a fine pie, matey!" },
  ]
  const edited = await client.datasets.edit({ ...sheet, revision, edits: [{ kind: 'cells', cells }] })
  await ended(
    await client.datasets.save({ ...sheet, revision: edited.sheet.revision, note: 'A pie for the boy' }),
  )
  return datasetId
}

async function ended({ jobId }: { jobId: string }): Promise<unknown> {
  for await (const job of await client.jobs.watch({ id: jobId })) {
    if (job.state === 'done') return job.result
    if (job.state !== 'running') throw new Error(job.error?.message ?? job.state)
  }
  throw new Error('The job was not told to its end.')
}

async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await sleep(200)
}
