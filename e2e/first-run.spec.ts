/** Somebody who has never seen the studio opens it and presses the one button. */
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { story } from './studio/story.ts'

story(
  'from an empty folder to a comparison, with one click',
  async (first) => {
    const { page, go, stored } = first
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByText('No account').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: /^Compare \w+ methods$/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor()
    const comparison = () => stored((store) => store.comparisons.list()[0])
    await expect.poll(() => comparison()?.runIds.length).toBeGreaterThan(1)
    const ids = comparison()?.runIds ?? []
    await go('home')
    await page.getByRole('button', { name: 'Watch it live' }).waitFor()
    const statuses = () => stored((store) => ids.map((id) => store.runs.get(id).status))
    await expect.poll(statuses, { timeout: 420_000, interval: 1_000 }).toEqual(ids.map(() => 'completed'))
    await page.getByRole('button', { name: 'Open the comparison' }).waitFor()
    for (const id of ids) {
      const { validationLoss, baseValidationLoss } = stored((store) => store.runs.get(id))
      expect(validationLoss).toBeLessThan(baseValidationLoss ?? 0)
      // What is shown is what is stored.
      await page.getByRole('region', { name: 'Example' }).getByText(validationLoss!.toFixed(4)).waitFor()
    }
    await expectAccessible(page)
    const again = await first.restart()
    await again.page.getByRole('button', { name: 'Open the comparison' }).click()
    await again.page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor()
  },
  { timeout: 480_000 },
)
