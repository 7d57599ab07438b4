/** A CSV file with three bad rows comes in, a cell is corrected, undone, redone, saved; the version holds what the grid shows. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { allRows, cell, chooseFile, grid, openedId, storedRows } from './studio/datasets.ts'
import { story } from './studio/story.ts'

const rows = 5_000
const bad = new Map([
  [1_200, 'only one field'],
  [2_600, 'one,two,three,four,five'],
  // Latin-1 in a UTF-8 file.
  [4_100, 'caf\u00e9,in an old encoding,train'],
])

/** 5 000 rows; three of them cannot be read. Cells hold commas, quotes and line breaks, as real files do. */
function writeReviews(folder: string): string {
  const path = join(folder, 'reviews.csv')
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = Array.from({ length: rows }, (_, i) => {
    const spoilt = bad.get(i + 1)
    if (spoilt !== undefined) return Buffer.from(`${spoilt}\n`, 'latin1')
    const answer =
      i % 7 === 0 ? `First line of ${i + 1}.\nSecond, with "quotes".` : `Answer ${i + 1}, with a comma.`
    return Buffer.from(
      `${[`Question ${i + 1}`, answer, i % 10 === 9 ? 'valid' : 'train'].map(quoted).join(',')}\n`,
    )
  })
  writeFileSync(path, Buffer.concat([Buffer.from('question,answer,part\n'), ...lines]))
  return path
}

/** Line of the file in which a row begins: rows with a line break take two. */
function lineOf(row: number): string {
  const breaks = Array.from({ length: row - 1 }, (_, i) => i).filter(
    (i) => i % 7 === 0 && !bad.has(i + 1),
  ).length
  return (row + 1 + breaks).toLocaleString('en-US').replaceAll(',', '\u202f')
}

story('a CSV file is imported, corrected, saved, and compared with what it was', async (studio) => {
  const { page, dataDir, go } = studio
  await go('datasets')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await chooseFile(page, writeReviews(dataDir))

  // What was detected, and what it means.
  await page
    .getByRole('table', { name: 'First rows' })
    .getByRole('cell', { name: 'Question 1', exact: true })
    .waitFor()
  expect(await page.getByLabel('Format').inputValue()).toBe('csv')
  expect(await page.getByLabel('Delimiter').inputValue()).toBe(',')
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('reviews')
  await page.getByText(/The mapping fits all/).waitFor()
  await page.getByRole('tab', { name: 'Bad rows 1' }).click()
  await page.getByRole('cell', { name: lineOf(1_200), exact: true }).waitFor()
  await page.getByText('By column').click()
  await page.getByLabel('Column', { exact: true }).selectOption('part')
  expect(await page.getByRole('checkbox', { name: /^valid/ }).isChecked()).toBe(true)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Import all rows' }).click()

  // Nothing is dropped silently: the three bad rows are listed with line and reason.
  await page.getByRole('heading', { name: '4\u202f997 rows are in reviews' }).waitFor()
  const listed = page.getByRole('table', { name: 'Bad rows' }).getByRole('row')
  await expect.poll(() => listed.count()).toBe(1 + bad.size)
  for (const row of bad.keys()) await page.getByRole('cell', { name: lineOf(row), exact: true }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Open the dataset' }).click()

  // A cell is corrected, with undo and redo.
  await cell(page, 2, 'answer').dblclick()
  const editor = page.getByRole('textbox', { name: 'answer, row 2' })
  await editor.fill('Corrected by hand.')
  await editor.press('Enter')
  await expect.poll(() => cell(page, 2, 'answer').textContent()).toBe('Corrected by hand.')
  await page.getByText('Unsaved changes').waitFor()
  await grid(page).press('Control+z')
  await expect.poll(() => cell(page, 2, 'answer').textContent()).toBe('Answer 2, with a comma.')
  await grid(page).press('Control+Shift+z')
  await expect.poll(() => cell(page, 2, 'answer').textContent()).toBe('Corrected by hand.')

  // Saved with a note; version 2 is there, and says what changed.
  await grid(page).press('Control+s')
  await page.getByRole('textbox', { name: 'Note' }).fill('one answer corrected')
  await page.keyboard.press('Enter')
  await page.getByText('Saved as version 2.').waitFor()
  await page.getByRole('tab', { name: 'Versions 2' }).click()
  await page.getByText('one answer corrected').waitFor()
  await page.getByRole('link', { name: 'Changes since 1' }).click()
  const changes = page.getByRole('list', { name: 'Changes' }).getByRole('listitem')
  await expect.poll(() => changes.count()).toBe(1)
  expect(await changes.locator('ins').allTextContents()).toContain('Corrected')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Back to the rows' }).click()

  // A reload keeps all of it, and what was saved is what is shown.
  await page.reload()
  await expect.poll(() => cell(page, 2, 'answer').textContent()).toBe('Corrected by hand.')
  const shown = await allRows(page)
  expect(shown).toHaveLength(rows - bad.size)
  for (const [split, name] of [
    ['train', 'train'],
    ['validation', 'val'],
  ] as const) {
    const stored = storedRows(dataDir, openedId(page), 2, split)
    const seen = shown.filter((row) => row.split === name)
    expect(seen.map((row) => row.cells)).toEqual(
      stored.map((row) => [row.prompt ?? row.question, row.completion ?? row.answer, row.part]),
    )
  }
  expect(studio.stored((store) => store.datasets.versions(openedId(page)).map(({ rows }) => rows))).toEqual([
    4_500, 4_500,
  ])

  // Undo reaches behind the save, also after the studio was restarted.
  const { page: again, go: goAgain } = await studio.restart()
  await goAgain(`datasets/${openedId(page)}`)
  await cell(again, 2, 'answer').click()
  await grid(again).press('Control+z')
  await expect.poll(() => cell(again, 2, 'answer').textContent()).toBe('Answer 2, with a comma.')
  await again.getByText('Version 1', { exact: true }).first().waitFor()
})
