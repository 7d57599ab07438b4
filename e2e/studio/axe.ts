/** Accessibility of what is on the screen, by axe: serious and critical findings fail. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { showTheme } from './themes.ts'

export async function expectAccessible(page: Page): Promise<void> {
  await expectNothingSerious(axeFor(page))
}

/** All of it in the light theme; in the dark one what differs there, the contrast of colours. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  await showTheme(page, 'light')
  await expectAccessible(page)
  await showTheme(page, 'dark')
  await expectNothingSerious(axeFor(page).withRules(['color-contrast']))
}

/** Of what it passes nothing is read, so axe need not put it together. */
const axeFor = (page: Page) => new AxeBuilder({ page }).options({ resultTypes: ['violations'] })

async function expectNothingSerious(axe: AxeBuilder): Promise<void> {
  // The page has no frames: without looking for them, axe need not open a page of its own for each look.
  const { violations } = await axe.setLegacyMode(true).analyze()
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map((n) => `    ${n.html.slice(0, 200)}\n      ${n.failureSummary}`).join('\n')}`,
    )
  expect(serious, serious.join('\n')).toEqual([])
}
