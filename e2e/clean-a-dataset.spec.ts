/** Pasted rows are cleaned: searched and replaced, sorted, filtered, checked, fixed with one click, and split. */
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { cell, grid, openedId, storedRows } from './studio/datasets.ts'
import { story } from './studio/story.ts'

const good = Array.from({ length: 60 }, (_, i) => ({
  prompt: `What colour has thing ${i + 1}?`,
  completion: `The colour of thing ${i + 1} is ${['red', 'green', 'blue'][i % 3]}.`,
  length: i,
}))
const rows = [
  ...good,
  // Two duplicates, an empty answer, and one that is far longer than a row of the training.
  { ...good[0], length: 100 },
  { ...good[1], length: 101 },
  { prompt: 'Say nothing.', completion: '', length: 102 },
  { prompt: 'Say much.', completion: 'a word and another '.repeat(300), length: 103 },
]

story('a pasted dataset is cleaned and stays so', async (studio) => {
  const { page, go, dataDir } = studio
  await go('datasets')
  await page.getByRole('heading', { name: 'No dataset of your own yet' }).click()
  await page.evaluate(
    (text) => navigator.clipboard.writeText(text),
    rows.map((row) => JSON.stringify(row)).join('\n'),
  )
  await page.keyboard.press('Control+v')
  await page.getByText('The mapping fits all 64 rows looked at.').waitFor()
  await page.getByText('None', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('colours')
  await page.getByRole('button', { name: 'Import 64 rows' }).click()
  await cell(page, 1, 'prompt').click()

  // Replace all, in one step that can be taken back.
  await grid(page).press('Control+h')
  await page.getByRole('textbox', { name: 'Search' }).fill('colour')
  await page.getByText('124 in 62 rows').waitFor()
  await page.getByRole('textbox', { name: 'Replace with' }).fill('color')
  await page.getByRole('button', { name: 'Replace all (124)' }).click()
  await expect.poll(() => cell(page, 1, 'prompt').textContent()).toBe('What color has thing 1?')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect.poll(() => cell(page, 1, 'prompt').textContent()).toBe('What colour has thing 1?')
  await page.getByRole('textbox', { name: 'Search' }).fill('(thing) (\\d+)')
  await page.getByRole('button', { name: 'Regular expression' }).click()
  await page.getByRole('textbox', { name: 'Replace with' }).fill('$1 no. $2')
  await page.getByRole('button', { name: 'Replace all (124)' }).click()
  await expect.poll(() => cell(page, 1, 'prompt').textContent()).toBe('What colour has thing no. 1?')
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Search' }).fill('(')
  await page.getByText(/is not a pattern/).waitFor()
  await page.getByRole('button', { name: 'Close the search' }).click()

  // Sorted by a number, filtered by a column; the address keeps both.
  await page
    .getByRole('columnheader', { name: 'length' })
    .getByRole('button', { name: 'length', exact: false })
    .first()
    .click()
  await page.getByRole('columnheader', { name: 'length' }).getByRole('button').first().click()
  await expect.poll(() => cell(page, 1, 'length').textContent()).toBe('103')
  await page.getByRole('button', { name: 'Column completion: sort, filter, hide' }).click()
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('green')
  await page.getByText('21 of 64 rows').waitFor()
  await page.keyboard.press('Escape')
  await page.reload()
  await page.getByText('21 of 64 rows').waitFor()
  await expect.poll(() => cell(page, 1, 'length').textContent()).toBe('101')
  await page.getByRole('button', { name: 'Show all rows' }).click()
  await expect.poll(() => cell(page, 1, 'length').textContent()).toBe('0')

  // What is wrong with the rows, each with a look and a fix.
  await page.getByRole('tab', { name: 'Quality' }).click()
  await page.getByText(/1 of 6[34] rows.*are cut at 256 tokens/s).waitFor()
  await page.getByRole('button', { name: 'Check the rows' }).click()
  const duplicates = page.getByRole('listitem').filter({ hasText: 'Duplicates' })
  await duplicates.getByText('2 rows').waitFor()
  await page
    .getByRole('listitem')
    .filter({ hasText: /^\s*Empty/ })
    .getByText('1 row')
    .waitFor()
  await expectAccessible(page)
  await duplicates.getByRole('button', { name: 'Show', exact: true }).click()
  await page.getByText('2 of 64 rows').waitFor()
  await expect.poll(() => cell(page, 1, 'length').textContent()).toBe('100')
  await duplicates.getByRole('button', { name: 'Keep the first of each' }).click()
  await page.getByText('2 rows fixed: duplicates').waitFor()
  await page.getByRole('radio', { name: /^All 62/ }).waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click()
  await page.getByRole('radio', { name: /^All 64/ }).waitFor({ state: 'attached' })
  await grid(page).press('Control+Shift+z')
  await page.getByRole('radio', { name: /^All 62/ }).waitFor({ state: 'attached' })

  // A tenth is held out; the counts are told before.
  await page.getByRole('tab', { name: 'Setup' }).click()
  await page.getByText('Gives 56 training and 6 validation rows.').waitFor()
  await page.getByRole('button', { name: 'Split the rows' }).click()
  await page.getByRole('radio', { name: 'Validation 6' }).waitFor({ state: 'attached' })

  // Saved: the version holds the cleaned rows.
  await grid(page).press('Control+s')
  await page.getByRole('button', { name: 'Save version' }).click()
  await page.getByText('Saved as version 2.').waitFor()
  const stored = (['train', 'validation'] as const).map((part) =>
    storedRows(dataDir, openedId(page), 2, part),
  )
  expect(stored.map((part) => part.length)).toEqual([56, 6])
  expect(stored.flat()).toContainEqual({
    ...good[0],
    prompt: 'What colour has thing no. 1?',
    completion: 'The colour of thing no. 1 is red.',
  })
})
