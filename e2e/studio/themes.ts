/** The themes of the window: what a story sees is looked at in both. */
import type { Page } from 'playwright-core'

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** Shows the window in a theme, without the way between two themes: colours on their way are neither's. */
export async function showTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await page.evaluate(async (name) => {
    document.documentElement.dataset.theme = name
    const endless = (animation: Animation) => animation.effect?.getComputedTiming().endTime === Infinity
    const ending = document.getAnimations().filter((animation) => !endless(animation))
    // One that is taken away is finished too.
    await Promise.allSettled(ending.map((animation) => animation.finished))
  }, theme)
}

export async function inBothThemes(page: Page, look: (theme: Theme) => Promise<void>): Promise<void> {
  for (const theme of themes) {
    await showTheme(page, theme)
    await look(theme)
  }
}
