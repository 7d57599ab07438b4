/** F6: from one part of the window to the next, as in desktop applications. */

const regions = ['[role="grid"]', 'aside[aria-label="Inspector"]', 'main header', 'nav[aria-label="Places"]']
const focusable =
  'button:not(:disabled), [href], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]'

export function nextRegion(by: -1 | 1): void {
  const found = regions.flatMap((selector) => document.querySelector<HTMLElement>(selector) ?? [])
  const present = found.findIndex((region) => region.contains(document.activeElement))
  const next = found[(present + by + found.length) % found.length]
  const target = next?.matches('[tabindex="0"]') ? next : next?.querySelector<HTMLElement>(focusable)
  target?.focus()
}
