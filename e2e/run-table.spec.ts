/** The table of runs: found, named, tagged, put into the bin and back, by keyboard too. */
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { makeComparableRuns } from './studio/comparable-runs.ts'
import { story } from './studio/story.ts'

story(
  'runs are found, renamed, tagged and noted',
  async ({ page, go, stored }) => {
    await go('runs')
    const rows = page.locator('tr[data-run]')
    await expect.poll(() => rows.count()).toBe(4)
    await page.getByRole('columnheader', { name: 'Validation' }).getByRole('button').click()
    await expect.poll(() => rows.first().textContent()).toContain('lora')
    await page.getByRole('searchbox').fill('ia3')
    await expect.poll(() => rows.count()).toBe(1)

    await rows.first().focus()
    await page.keyboard.press('F2')
    await page.keyboard.type('small and quick')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => stored((store) => store.runs.list().map(({ name }) => name)))
      .toContain('small and quick')
    await page.getByRole('searchbox').fill('')

    await page.getByText('small and quick').first().click()
    const inspector = page.getByRole('complementary', { name: 'Inspector' })
    await inspector.getByLabel('Tags').fill('thesis')
    await page.keyboard.press('Enter')
    await inspector.getByLabel('Notes').fill('Ten times smaller than LoRA.')
    await page.getByRole('searchbox').focus()
    await expect
      .poll(() => stored((store) => store.runs.list().find(({ name }) => name === 'small and quick')))
      .toMatchObject({ tags: ['thesis'], notes: 'Ten times smaller than LoRA.' })
    await page.getByRole('searchbox').fill('thesis')
    await expect.poll(() => rows.count()).toBe(1)
    await inspector.getByRole('tab', { name: 'Settings' }).click()
    await inspector.getByText('Learning rate').waitFor()
    await inspector.getByRole('tab', { name: 'Texts' }).click()
    await inspector.getByText('The ship lies in the bay.').waitFor()
    await expectAccessible(page)
    // Colours in transition are neither theme's.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'))
    await expectAccessible(page)
  },
  { prepare: makeComparableRuns },
)

story(
  'runs go to the bin and back, and are deleted there, by keyboard',
  async ({ page, go, stored }) => {
    await go('runs')
    const rows = page.locator('tr[data-run]')
    await expect.poll(() => rows.count()).toBe(4)
    await rows.first().focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('2 selected').waitFor()
    await page.keyboard.press('Delete')
    await expect.poll(() => rows.count()).toBe(2)
    expect(stored((store) => store.runs.bin().length)).toBe(2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => rows.count()).toBe(4)

    await rows.first().focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Delete')
    await expect.poll(() => rows.count()).toBe(3)
    await page.getByRole('link', { name: 'Bin', exact: true }).click()
    await expect.poll(() => rows.count()).toBe(1)
    await page.getByRole('button', { name: 'Empty the bin' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByText('The bin is empty').waitFor()
    expect(stored((store) => [store.runs.list().length, store.runs.bin().length])).toEqual([3, 0])
  },
  { prepare: makeComparableRuns },
)
