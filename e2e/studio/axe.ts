/** Accessibility of what is on the screen, by axe: serious and critical findings fail. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map((n) => `    ${n.html.slice(0, 200)}\n      ${n.failureSummary}`).join('\n')}`,
    )
  expect(serious, serious.join('\n')).toEqual([])
}
