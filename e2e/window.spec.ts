/** The window itself: places, palette, shortcuts, theme, and a host that goes away and comes back. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { story } from './studio/story.ts'

story('every place opens by link, shortcut and command', async ({ page }) => {
  const places = page.getByRole('navigation', { name: 'Places' }).getByRole('link')
  const names = await places.evaluateAll((links) =>
    links.map((link) => link.getAttribute('aria-label') ?? ''),
  )
  expect(names.length).toBeGreaterThanOrEqual(8)
  for (const name of names) {
    await places.and(page.getByLabel(name, { exact: true })).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
  }
  await page.keyboard.press('g')
  await page.keyboard.press('m')
  await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('What do you want to do?').pressSequentially('runs')
  await page.locator('[role=option][aria-selected=true]').filter({ hasText: /runs/i }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
})

story('the theme is chosen once and kept', async (first) => {
  const { page } = first
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('What do you want to do?').pressSequentially('dark theme')
  // What Enter would do.
  await page.locator('[role=option][aria-selected=true]').filter({ hasText: /dark/i }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
  await expect
    .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
    .toBe('rgb(20, 21, 23)')
  // Seen at once, and stored when the host has answered.
  const settings = join(first.dataDir, 'settings.json')
  await expect
    .poll(() => existsSync(settings) && JSON.parse(readFileSync(settings, 'utf8')).theme)
    .toBe('dark')
  const { page: again } = await first.restart()
  await expect.poll(() => again.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
})
