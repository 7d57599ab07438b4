/** From an empty folder to two finished runs and their comparison, without a mouse. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { expectFocusSeen, tabTo } from './studio/keyboard.ts'
import { story } from './studio/story.ts'

const finishes = { timeout: 90_000 }
const card = (page: Page, title: string) =>
  page.getByRole('navigation', { name: 'Methods' }).getByRole('button', { name: new RegExp(`^${title}`) })
const setting = (page: Page, label: string) =>
  page.getByRole('region', { name: 'Settings' }).getByLabel(label, { exact: true })

/** Puts a text in the place of what the field that has the keyboard holds. */
async function overwrite({ keyboard }: Page, text: string): Promise<void> {
  await keyboard.press('Control+a')
  await keyboard.type(text)
}

story(
  'methods are trained and compared with the keyboard alone',
  async ({ page, stored }) => {
    const { keyboard } = page
    const runs = () => stored((store) => store.runs.list().map(({ method, status }) => `${method} ${status}`))
    const start = page.getByRole('button', { name: 'Start training' })
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()

    // The first stop of all leads past the rail.
    await keyboard.press('Tab')
    await expectFocusSeen(page)
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Skip to the content')
    await tabTo(page.getByRole('link', { name: 'Method', exact: true }))
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Method' }).waitFor()
    await tabTo(card(page, 'IA³'))
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 2, name: 'IA³', exact: true }).waitFor()
    await tabTo(setting(page, 'Steps'))
    await overwrite(page, '3')
    await tabTo(setting(page, 'Tokens per row'))
    await overwrite(page, '64')
    await expect.poll(() => start.isEnabled()).toBe(true)
    await keyboard.press('Control+Enter')
    await page.getByRole('heading', { level: 1, name: 'Train' }).waitFor()
    await page.getByRole('heading', { level: 2, name: /^IA³ on / }).waitFor()
    await expect.poll(runs, finishes).toEqual(['ia3 completed'])
    await page.getByText('Completed', { exact: true }).first().waitFor()

    // Another method by its name, from the place where the first one ended.
    await keyboard.press('g')
    await keyboard.press('e')
    await card(page, 'LoRA').waitFor()
    await keyboard.press('Control+k')
    await page.getByPlaceholder('What do you want to do?').waitFor()
    await keyboard.type('choose LoRA')
    await page
      .getByRole('option', { name: /^Choose LoRA/ })
      .first()
      .waitFor()
    await expectFocusSeen(page)
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 2, name: 'LoRA', exact: true }).waitFor()
    await expect.poll(() => setting(page, 'Steps').inputValue()).toBe('3')
    await expect.poll(() => start.isEnabled()).toBe(true)
    await tabTo(start, { key: 'Shift+Tab' })
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Train' }).waitFor()
    await expect.poll(runs, finishes).toEqual(['lora completed', 'ia3 completed'])

    await keyboard.press('g')
    await keyboard.press('r')
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
    await tabTo(page.locator('tr[data-run]').first())
    await keyboard.press('Space')
    await keyboard.press('Shift+ArrowDown')
    await page.getByText('2 selected').waitFor()
    await expectFocusSeen(page)
    await tabTo(page.getByRole('button', { name: 'Compare', exact: true }), { key: 'Shift+Tab' })
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor()
    const chart = page.locator('[data-chart="Training loss"]')
    await tabTo(chart.getByRole('application'))
    await keyboard.press('ArrowRight')
    await page
      .getByRole('region', { name: 'Legend' })
      .getByText(/^At step \d$/)
      .waitFor()
    const drawn = JSON.parse((await chart.getAttribute('data-curves')) ?? '[]') as {
      readonly id: string
      readonly last: readonly [number, number]
    }[]
    const kept = stored((store) =>
      store.runs.list().map(({ id }) => [id, store.metrics.steps(id).at(-1)?.loss]),
    )
    expect(new Map(drawn.map(({ id, last }) => [id, last[1]]))).toEqual(new Map(kept as [string, number][]))
  },
  { timeout: 480_000 },
)
