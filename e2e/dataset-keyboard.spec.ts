/** A dataset is copied, edited, pasted into and saved without touching the mouse. */
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { cell, grid, openedId, storedRows } from './studio/datasets.ts'
import { story } from './studio/story.ts'

story('rows are edited with the keyboard alone', async ({ page, dataDir }) => {
  const { keyboard } = page
  const command = async (words: string) => {
    await keyboard.press('Control+k')
    await keyboard.type(words)
    // What Enter would do.
    await page.locator('[role=option][aria-selected=true]').filter({ hasText: words }).waitFor()
    await keyboard.press('Enter')
  }
  await keyboard.press('g')
  await keyboard.press('d')
  await page.getByRole('link', { name: 'Name the feeling' }).waitFor()
  await command('Open Name the feeling')
  await page.getByText('This dataset comes with the studio.').waitFor()
  await command('Make a copy of this dataset')
  await page.getByRole('heading', { level: 1, name: 'Name the feeling (copy)' }).waitFor()
  await cell(page, 1, 'completion').waitFor()
  const before = {
    one: await cell(page, 1, 'prompt').textContent(),
    two: await cell(page, 2, 'prompt').textContent(),
  }

  // Into the grid, to a cell, and a new text for it.
  while (!(await grid(page).evaluate((element) => element === document.activeElement)))
    await keyboard.press('F6')
  await keyboard.press('ArrowRight')
  await keyboard.press('F2')
  await keyboard.press('Control+a')
  await keyboard.type('joy at last')
  await keyboard.press('Enter')
  await expect.poll(() => cell(page, 1, 'completion').textContent()).toBe('joy at last')
  // Typing replaces; Escape leaves the cell as it was; Tab stores and goes on.
  const third = await cell(page, 2, 'completion').textContent()
  await keyboard.type('nothing')
  await keyboard.press('Escape')
  await expect.poll(() => cell(page, 2, 'completion').textContent()).toBe(third)
  await keyboard.type('fear, with a')
  await keyboard.press('Shift+Enter')
  await keyboard.type('second line')
  await keyboard.press('Tab')
  await expect.poll(() => cell(page, 2, 'completion').textContent()).toBe('fear, with a\nsecond line')

  // Rows: one added, two duplicated, those deleted again, all of it undone.
  await keyboard.press('Control+Home')
  await keyboard.press('Control+Enter')
  await expect.poll(() => cell(page, 2, 'prompt').textContent()).toBe('')
  await keyboard.press('Control+Home')
  await keyboard.press('Shift+ArrowDown')
  await keyboard.press('Shift+Space')
  await page.getByText('2 rows selected').waitFor()
  await keyboard.press('Control+d')
  await page.getByRole('radio', { name: /^All 1\s203/ }).waitFor({ state: 'attached' })
  await keyboard.press('Control+z')
  await page.getByRole('radio', { name: /^All 1\s201/ }).waitFor({ state: 'attached' })
  await keyboard.press('Control+z')
  await page.getByRole('radio', { name: /^All 1\s200/ }).waitFor({ state: 'attached' })
  await expect.poll(() => cell(page, 2, 'prompt').textContent()).toBe(before.two)

  // A block from a spreadsheet over the last row and beyond it; copied back, it is the same.
  const block = 'A scene with\ttab one\n"Two\nlines"\t"a ""quote"""\nLast\tone'
  await page.evaluate((text) => navigator.clipboard.writeText(text), block)
  await keyboard.press('Control+ArrowDown')
  await keyboard.press('Home')
  await keyboard.press('Control+v')
  await page.getByRole('radio', { name: /^All 1\s202/ }).waitFor({ state: 'attached' })
  await expect.poll(() => cell(page, 1_201, 'prompt').textContent()).toBe('Two\nlines')
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await keyboard.press(`Shift+${key}`)
  await page.getByText('3 × 2 cells selected').waitFor()
  await page.evaluate(() => navigator.clipboard.writeText(''))
  await keyboard.press('Control+c')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(block)

  // Sorted and filtered from the column's menu.
  await keyboard.press('Control+Home')
  await keyboard.press('ArrowRight')
  await keyboard.press('Alt+ArrowDown')
  await page.getByRole('dialog', { name: 'Column completion' }).waitFor()
  await expectAccessible(page)
  const filter = page.getByRole('textbox', { name: 'Text', exact: true })
  while (!(await filter.evaluate((element) => element === document.activeElement)))
    await keyboard.press('Tab')
  await keyboard.type('quote')
  await page.getByText('1 of 1\u202f202 rows').waitFor()
  await keyboard.press('Escape')
  await expect.poll(() => grid(page).evaluate((element) => element === document.activeElement)).toBe(true)
  await command('Show all rows in their order')

  // Saved without leaving the keyboard, and stored as it is shown.
  await keyboard.press('Control+s')
  await page.getByRole('textbox', { name: 'Note' }).waitFor()
  await keyboard.press('Control+s')
  await page.getByText('Saved as version 2.').waitFor()
  const stored = [
    ...storedRows(dataDir, openedId(page), 2, 'train'),
    ...storedRows(dataDir, openedId(page), 2, 'validation'),
  ]
  expect(stored[0]).toEqual({ prompt: before.one, completion: 'joy at last' })
  expect(stored[1]).toEqual({ prompt: before.two, completion: 'fear, with a\nsecond line' })
  expect(stored.slice(-2)).toEqual([
    { prompt: 'Two\nlines', completion: 'a "quote"' },
    { prompt: 'Last', completion: 'one' },
  ])
})
