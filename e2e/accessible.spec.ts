/** Nothing serious for axe on any screen, in both themes, and nothing cut in the smallest window. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { expectAccessibleInBothThemes } from './studio/axe.ts'
import { expectNothingCut, smallest } from './studio/cut.ts'
import { cell, chooseFile } from './studio/datasets.ts'
import { type Story, story } from './studio/story.ts'
import { trainRuns } from './studio/trained-runs.ts'

const usual = { width: 1280, height: 800 }

/** Looks at what is on the screen: by axe in both themes, then for cut texts in the smallest window. */
async function look({ page }: Story): Promise<void> {
  await expectAccessibleInBothThemes(page)
  await page.setViewportSize(smallest)
  await expectNothingCut(page)
  await page.setViewportSize(usual)
}

/** The texts that say that a part of the screen is still on its way. */
async function settle({ page }: Story): Promise<void> {
  await expect.poll(() => page.locator('main [role=status]:has(svg.animate-spin)').count()).toBe(0)
}

story(
  'every place of an empty studio is accessible and fits into the smallest window',
  async (of) => {
    const { page } = of
    const places = page.getByRole('navigation', { name: 'Places' }).getByRole('link')
    await places.first().waitFor()
    const names = await places.evaluateAll((links) => links.map((link) => link.getAttribute('aria-label')))
    expect(names.length).toBeGreaterThanOrEqual(9)
    for (const name of names) {
      await places.and(page.getByLabel(name!, { exact: true })).click()
      await page.getByRole('heading', { level: 1, name: name! }).waitFor()
      await settle(of)
      await look(of)
    }
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('What do you want to do?').waitFor()
    await look(of)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await look(of)
  },
  { timeout: 480_000 },
)

story(
  'data and method are accessible where a person works on them',
  async (of) => {
    const { page, go, dataDir } = of
    const file = join(dataDir, 'lines.csv')
    const rows = Array.from({ length: 40 }, (_, i) => `"Question ${i}, of some length?",Answer ${i}`)
    writeFileSync(file, ['question,answer', ...rows, 'one,two,three'].join('\n'))
    await go('datasets/import')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await look(of)
    await chooseFile(page, file)
    await page.getByRole('button', { name: /^Import 40 rows/ }).waitFor()
    await look(of)
    await page.getByRole('button', { name: /^Import 40 rows/ }).click()
    await page.getByRole('button', { name: 'Open the dataset' }).click()
    await cell(page, 1, 'question').click()
    await look(of)

    await go('method')
    const settings = page.getByRole('region', { name: 'Settings' })
    for (const form of ['Basic', 'Advanced', 'JSON']) {
      await settings.getByRole('radio', { name: form }).check({ force: true })
      await settle(of)
      await look(of)
    }
    await settings.getByRole('radio', { name: 'Basic' }).check({ force: true })
    for (const title of ['LoRA', 'IA³'])
      await page.getByRole('checkbox', { name: `Compare ${title}`, exact: true }).check()
    await go('method/compare')
    await page.getByRole('table', { name: 'Methods side by side' }).waitFor()
    await look(of)
    await go('method/adviser')
    const list = page.getByRole('list', { name: 'Methods, best first' })
    await list.getByRole('heading', { level: 3 }).first().waitFor()
    await look(of)
  },
  { timeout: 480_000 },
)

let trained: string[] = []

story(
  'finished runs are accessible on their own and compared',
  async (of) => {
    const { page, go, stored } = of
    const [first] = trained
    await go('home')
    await page.getByRole('region', { name: 'Recent runs' }).getByRole('link').first().waitFor()
    await look(of)
    await go(`train/${first}`)
    await page
      .getByRole('heading', { level: 2, name: stored((store) => store.runs.get(first!).name) })
      .waitFor()
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      await settle(of)
      await look(of)
    }
    await go('runs')
    await page.locator(`tr[data-run="${first}"]`).click()
    const inspector = page.getByRole('complementary', { name: 'Inspector' })
    for (const tab of await inspector.getByRole('tab').all()) {
      await tab.click()
      await settle(of)
      await look(of)
    }
    await go(`runs/compare?ids=${trained.join(',')}`)
    await page.getByRole('region', { name: 'Legend' }).waitFor()
    await page.locator('[data-part="side-by-side"] [data-figure="validationLoss"]').waitFor()
    await settle(of)
    await look(of)
  },
  {
    timeout: 480_000,
    prepare: async (dataDir) => {
      trained = await trainRuns(dataDir, 'lora', 'ia3')
    },
  },
)

story(
  'a run on its way is accessible',
  async (of) => {
    const { page, go, stored } = of
    await go('train')
    await page.getByRole('button', { name: 'Use the example' }).click()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await expect.poll(() => stored((store) => store.runs.list()[0]?.lastStep ?? 0)).toBeGreaterThan(1)
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByText('Paused', { exact: true }).first().waitFor()
    await look(of)
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'keep the adapter' }).waitFor()
    await look(of)
  },
  { timeout: 480_000 },
)
