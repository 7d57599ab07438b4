/** The themes of the window: what a story sees is looked at in both. */
import type { Page } from 'playwright-core'

export type Theme = 'light' | 'dark'

/** Shows the window in a theme, without the way between two themes: colours on their way are neither's. */
export async function showTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name
    const endless = (animation: Animation) => animation.effect?.getComputedTiming().endTime === Infinity
    // Waiting for them could take for ever: one that is paused or off the screen does not end by itself.
    for (const animation of document.getAnimations()) if (!endless(animation)) animation.finish()
  }, theme)
}
