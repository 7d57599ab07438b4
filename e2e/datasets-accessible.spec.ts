/** Every state of the datasets screen is accessible, in both themes, and nothing is cut at the smallest window. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { expectAccessibleInBothThemes } from './studio/axe.ts'
import { cell, chooseFile, grid } from './studio/datasets.ts'
import { story } from './studio/story.ts'

const messages = (i: number) => [
  { role: 'user', content: `Question ${i}` },
  { role: 'assistant', content: `Answer ${i}, long enough to be cut. `.repeat(i === 0 ? 80 : 1) },
]

/** Buttons and headings whose text does not fit into them. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'main button, main h1, main h2, main label, main [role="tab"]',
      ),
    ]
      .filter((one) => one.closest('[role="grid"]') === null && one.offsetParent !== null)
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== 'visible')
      .map((one) => one.textContent ?? ''),
  )
}

story(
  'the datasets screen is accessible',
  async ({ page, go, dataDir }) => {
    await page.setViewportSize({ width: 1024, height: 700 })
    const check = async () => {
      await expectAccessibleInBothThemes(page)
      expect(await cutTexts(page)).toEqual([])
    }
    const path = join(dataDir, 'chat.jsonl')
    const lines = Array.from({ length: 30 }, (_, i) =>
      JSON.stringify({ messages: messages(i), topic: i % 3, seen: i % 2 === 0 }),
    )
    writeFileSync(path, ['{"broken', ...lines, lines[1]].join('\n'))

    await go('datasets')
    await page.getByRole('heading', { name: 'Built-in' }).waitFor()
    await check()
    await go('datasets/import')
    await page.getByRole('button', { name: 'Paste text' }).click()
    await check()
    await chooseFile(page, path)
    await page.getByText(/The mapping fits all/).waitFor()
    await check()
    await page.getByRole('tab', { name: 'As the model sees them' }).click()
    await page
      .getByText(/learned/)
      .first()
      .waitFor()
    await page.getByText('cut at 256').waitFor()
    await check()
    await page.getByRole('button', { name: 'Import 31 rows' }).click()
    await page.getByRole('table', { name: 'Bad rows' }).waitFor()
    await check()
    await page.getByRole('button', { name: 'Open the dataset' }).click()

    await cell(page, 1, 'messages').click()
    for (const view of ['Tokens', 'Text', 'Fields']) {
      await page.getByText(view, { exact: true }).click()
      await check()
    }
    await grid(page).press('Enter')
    await page.getByRole('textbox', { name: 'messages, row 1' }).fill('[no json')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'a list or an object as JSON' }).waitFor()
    await check()
    await page.keyboard.press('Escape')
    await grid(page).press('Control+f')
    await page.getByRole('textbox', { name: 'Search' }).fill('answer')
    await page.getByText(/in 31 rows/).waitFor()
    await check()
    await page.keyboard.press('Escape')
    await grid(page).press('Shift+F10')
    await page.getByRole('menu').waitFor()
    await check()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Columns, lines and density' }).click()
    await check()
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: 'Quality' }).click()
    await page.getByRole('button', { name: 'Check the rows' }).click()
    await page.getByRole('button', { name: 'Keep the first of each' }).waitFor()
    await check()
    await page.getByRole('tab', { name: 'Setup' }).click()
    await page.getByText(/Gives 28 training and 3 validation rows/).waitFor()
    await check()
    await page.getByRole('tab', { name: 'Versions 1' }).click()
    await page.getByText('SHA-256').waitFor()
    await check()
    await page.getByRole('link', { name: 'Version 1' }).click()
    await page.getByText('This is a version as it was saved.').waitFor()
    await check()
  },
  { timeout: 480_000 },
)
