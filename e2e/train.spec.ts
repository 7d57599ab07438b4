/** A person watches a run: the curve grows, survives pause, reload and resume, and is what is stored. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { type Story, story } from './studio/story.ts'

/** The figure of a row of the values table, as it is written out in full. */
async function exact(page: Page, metric: string, column: string): Promise<string | null> {
  const table = page.getByRole('region', { name: 'Values', exact: true })
  const columns = await table.getByRole('columnheader').allTextContents()
  const place = columns.findIndex((title) => title.trim() === column)
  return table.locator(`tr[data-metric="${metric}"] > *`).nth(place).getAttribute('title')
}

const onlyRun = ({ stored }: Story) => stored((store) => store.runs.list()[0])
const lastStep = (of: Story) => onlyRun(of)?.lastStep ?? 0

story(
  'a run is started from the preview, paused, reloaded, and resumed; the curve is what is stored',
  async (of) => {
    const { page, go, stored } = of
    await go('train')
    await page.getByRole('button', { name: 'Use the example' }).click()
    await page.getByText('Ready', { exact: true }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('textbox', { name: 'Pinned prompt 1' }).fill('Say it like a pirate: Yes, my friend.')
    await page.getByRole('textbox', { name: 'Name' }).fill('First voyage')
    await page.getByRole('button', { name: 'Start', exact: true }).click()

    await page.getByRole('heading', { name: 'First voyage' }).waitFor()
    await expect.poll(() => lastStep(of), { timeout: 60_000 }).toBeGreaterThan(8)
    // How far it is stands in the status bar of every place.
    const status = page.getByRole('contentinfo', { name: 'Status' })
    await expect.poll(() => status.textContent()).toMatch(/First voyage\s*step \d+ of 100/)
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByText('Paused', { exact: true }).first().waitFor()
    await expect.poll(async () => lastStep(of) - (await later(() => lastStep(of)))).toBe(0)

    const paused = lastStep(of)
    const drawn = async () => Number(await exact(page, 'loss', 'Last'))
    const kept = () => stored((store) => store.metrics.steps(onlyRun(of)!.id))
    await expect.poll(drawn).toBe(kept().at(-1)!.loss)
    await page.reload()
    await page.getByRole('heading', { name: 'First voyage' }).waitFor()
    await expect.poll(drawn).toBe(kept().at(-1)!.loss)
    expect(Number(await exact(page, 'loss', 'Min'))).toBe(Math.min(...kept().map(({ loss }) => loss)))
    expect(Number(await exact(page, 'loss', 'Max'))).toBe(Math.max(...kept().map(({ loss }) => loss)))
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await expect.poll(() => lastStep(of), { timeout: 60_000 }).toBeGreaterThan(paused + 5)
    await page.getByRole('tab', { name: /Samples/ }).click()
    await page.getByRole('columnheader', { name: 'Say it like a pirate: Yes, my friend.' }).waitFor()
    await page.getByRole('tab', { name: /Log/ }).click()
    await page.getByRole('log').getByText('Goes on.').waitFor()

    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'keep the adapter' }).click()
    await page.getByText('Stopped', { exact: true }).first().waitFor()
    await expect.poll(() => onlyRun(of)?.adapterPath).not.toBeNull()
    // Only now: a look takes as long as many steps.
    await page.getByRole('tab', { name: /Samples/ }).click()
    await expectAccessible(page)
    expect(kept().map(({ step }) => step)).toEqual(Array.from({ length: kept().length }, (_, i) => i + 1))
  },
  { timeout: 480_000 },
)

async function later<T>(read: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 400))
  return read()
}
