/** Four runs on one screen: what is drawn is what is stored, and everything a person does to curves works in all of them. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { runSteps } from '../electron/host/run-document.ts'
import { expectAccessible } from './studio/axe.ts'
import { comparableSteps, makeComparableRuns, spikeAt } from './studio/comparable-runs.ts'
import { story } from './studio/story.ts'

const chart = (page: Page, title: string) => page.locator(`[data-chart="${title}"]`)
const plot = (page: Page, title: string) => chart(page, title).getByRole('application')

interface DrawnCurve {
  readonly id: string
  readonly points: number
  readonly first: readonly [number, number]
  readonly last: readonly [number, number]
}

async function drawn(page: Page, title: string): Promise<DrawnCurve[]> {
  return JSON.parse((await chart(page, title).getAttribute('data-curves')) ?? '[]')
}

async function view(
  page: Page,
  title: string,
  axis: 'view' | 'vertical' = 'view',
): Promise<[number, number]> {
  const [from = Number.NaN, to = Number.NaN] = ((await chart(page, title).getAttribute(`data-${axis}`)) ?? '')
    .split(',')
    .map(Number)
  return [from, to]
}

async function compareAll(page: Page) {
  await page.getByRole('link', { name: 'Runs', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Select all runs shown' }).check()
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor()
  await expect.poll(async () => (await drawn(page, 'Training loss')).length).toBe(4)
}

story(
  'four runs are compared, and every chart moves with the others',
  async ({ page, stored }) => {
    await compareAll(page)
    const runs = stored((store) =>
      store.runs.list().map(({ id }) => ({
        id,
        steps: store.metrics.steps(id),
        evaluations: store.metrics.evaluations(id),
      })),
    )
    const curves = await drawn(page, 'Training loss')
    for (const { id, steps } of runs) {
      const curve = curves.find((one) => one.id === id)
      expect(curve).toMatchObject({
        points: comparableSteps,
        first: [1, steps[0]!.loss],
        last: [comparableSteps, steps.at(-1)!.loss],
      })
    }
    const validation = await drawn(page, 'Validation loss')
    for (const { id, evaluations } of runs)
      expect(validation.find((one) => one.id === id)?.last).toEqual([
        comparableSteps,
        evaluations.at(-1)!.validationLoss,
      ])

    // A single spike does not flatten the rest, and comes back on demand.
    expect((await view(page, 'Training loss', 'vertical'))[1]).toBeLessThan(30)
    await page.getByRole('button', { name: /clipped · show$/ }).click()
    expect((await view(page, 'Training loss', 'vertical'))[1]).toBeGreaterThan(90)
    await page.getByRole('button', { name: 'Clip outliers' }).click()

    // The cursor of one chart is that of the other and of the legend.
    const box = (await plot(page, 'Training loss').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6)
    const legend = page.getByRole('region', { name: 'Legend' })
    await legend.getByText(/^At step \d+$/).waitFor()
    await expect.poll(() => chart(page, 'Validation loss').textContent()).toMatch(/step \d+/)

    // Dragging zooms both; a double click shows everything again.
    await page.mouse.move(box.x + box.width * 0.4, box.y + 80)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 90, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => (await view(page, 'Training loss'))[0]).toBeGreaterThan(60)
    const zoomed = await view(page, 'Training loss')
    expect(zoomed[1]).toBeLessThan(240)
    expect(await view(page, 'Validation loss')).toEqual(zoomed)
    await page.mouse.dblclick(box.x + box.width * 0.5, box.y + 80)
    await expect.poll(() => view(page, 'Validation loss')).toEqual([1, comparableSteps])

    // The keyboard does the same.
    await plot(page, 'Training loss').focus()
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', '+', '+']) await page.keyboard.press(key)
    await expect.poll(async () => (await view(page, 'Validation loss'))[1]).toBeLessThan(comparableSteps)
    await page.keyboard.press('0')
    await expect.poll(() => view(page, 'Validation loss')).toEqual([1, comparableSteps])

    // The legend hides and isolates.
    const [first] = await legend.getByRole('row').all()
    expect(first).toBeDefined()
    const ia3 = legend.getByRole('button', { name: 'ia3', exact: true })
    await ia3.click()
    await expect.poll(async () => (await drawn(page, 'Training loss')).length).toBe(3)
    await ia3.click()
    await ia3.click({ modifiers: ['Alt'] })
    await expect.poll(async () => (await drawn(page, 'Validation loss')).length).toBe(1)
    await ia3.click({ modifiers: ['Alt'] })
    await expect.poll(async () => (await drawn(page, 'Validation loss')).length).toBe(4)
    expect(spikeAt).toBeLessThan(comparableSteps)
  },
  { prepare: makeComparableRuns },
)

story(
  'axes, smoothing and groups are part of the address, and survive a reload',
  async ({ page, stored }) => {
    await compareAll(page)
    await page.getByLabel('Over', { exact: true }).selectOption('tokens')
    const tokens = stored((store) =>
      Math.max(...store.runs.list().map(({ id }) => store.metrics.total(id, 'tokens'))),
    )
    await expect.poll(async () => (await view(page, 'Training loss'))[1]).toBe(tokens)
    await page.getByRole('slider', { name: /Smoothing/ }).focus()
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
    await page.getByRole('checkbox', { name: 'Log x' }).check()
    await page.getByRole('checkbox', { name: 'Log y' }).check()
    await page.reload()
    await expect.poll(async () => (await drawn(page, 'Training loss')).length).toBe(4)
    expect(await page.getByRole('checkbox', { name: 'Log x' }).isChecked()).toBe(true)
    expect(await page.getByRole('slider', { name: /Smoothing/ }).getAttribute('aria-valuetext')).toBe(
      '12 steps',
    )
    expect((await view(page, 'Training loss'))[0]).toBeGreaterThan(0)

    await page.getByLabel('Show', { exact: true }).selectOption('seed')
    await expect
      .poll(async () => (await drawn(page, 'Training loss')).map(({ id }) => id))
      .toEqual(['prompts (1 run)', 'ia3 (1 run)', 'lora (2 runs)'])
    await page.getByText(/through the seed alone/).waitFor()
  },
  { prepare: makeComparableRuns },
)

story(
  'figures, settings and texts stand side by side, held against a baseline',
  async ({ page }) => {
    await compareAll(page)
    const table = page.locator('[data-part="side-by-side"]')
    const loss = table.locator('[data-figure="validationLoss"]')
    await page.getByRole('button', { name: 'Make lora, seed 1 the baseline' }).click()
    await expect.poll(() => loss.locator('[data-tone="bad"]').count()).toBe(1)
    // Two seeds say little: only a large difference is more than their noise.
    expect(await loss.getByText('≈ noise').count()).toBe(2)
    await table.locator('[data-setting="methodConfig.r"]').getByText('not used').first().waitFor()
    expect(await table.locator('[data-setting="plan.steps"]').count()).toBe(0)
    await page.getByLabel('Which settings').selectOption('all')
    await table.locator('[data-setting="plan.steps"]').waitFor()
    await page.getByLabel('Is the comparison fair?').waitFor()
    const texts = page.locator('[data-part="samples"]')
    await expect.poll(() => texts.locator('ins').allTextContents()).toContain('harbour')
    expect(await texts.locator('del').allTextContents()).toContain('bay')
    const pareto = page.locator('[data-frontier]')
    expect((await pareto.getAttribute('data-frontier'))?.split(' ')).toHaveLength(1)
    await expectAccessible(page)
    // Colours in transition are neither theme's.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'))
    await expectAccessible(page)
  },
  { prepare: makeComparableRuns },
)

story(
  'a comparison is exported and saved',
  async ({ page, stored, shell }) => {
    await compareAll(page)
    const order = (await page.locator('[data-compared]').getAttribute('data-compared'))!.split(',')
    const download = async (start: () => Promise<void>) => {
      const [file] = await Promise.all([page.waitForEvent('download'), start()])
      return readFileSync(await file.path(), 'utf8')
    }
    if (shell === 'chromium') {
      await page.getByRole('button', { name: 'Export' }).click()
      const csv = await download(() => page.getByRole('menuitem', { name: 'Steps (CSV)' }).click())
      const expected = stored((store) =>
        order.flatMap((id) =>
          runSteps(store, store.runs.get(id))
            .trimEnd()
            .split('\n')
            .slice(1)
            .map((line) => `${id},${line}`),
        ),
      )
      expect(csv.trimEnd().split('\n').slice(1)).toEqual(expected)
      await page.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('menuitem', { name: /Pictures/ }).click()
      const pictures = page.getByRole('dialog', { name: 'Save pictures' })
      for (const name of await pictures.getByRole('checkbox').all())
        if (name !== undefined) await name.uncheck()
      await pictures.getByRole('checkbox', { name: 'Training loss' }).check()
      const svg = await download(() => pictures.getByRole('button', { name: 'Save' }).click())
      expect(svg).toContain('<title>Training loss</title>')
      expect(svg).toContain('>lora, seed 2</text>')
      expect(svg.match(/<path[^>]*stroke="#/g)?.length).toBeGreaterThan(8)
    }
    await page.getByRole('checkbox', { name: 'Log y' }).check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('first look')
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    await expect
      .poll(() => stored((store) => store.comparisons.list().map(({ name, runIds }) => [name, runIds])))
      .toEqual([['first look', order]])
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByRole('button', { name: 'Saved' }).click()
    await page.getByRole('menuitem', { name: 'first look' }).click()
    await expect.poll(async () => (await drawn(page, 'Training loss')).length).toBe(4)
    expect(await page.getByRole('checkbox', { name: 'Log y' }).isChecked()).toBe(true)
  },
  { prepare: makeComparableRuns },
)
