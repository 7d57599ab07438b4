/** Whether everything fits into the window: no page wider than it, no text that ends where its box does. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** The smallest window the studio is made for. */
export const smallest = { width: 1024, height: 700 }

/**
 * Fails on what is cut: a text beyond a box that hides what does not fit, a text beyond the edge of its own control, a choice
 * wider than its list. What may scroll is not cut, nor is a text that ends in an ellipsis and is told in full by its title.
 */
export async function expectNothingCut(page: Page): Promise<void> {
  // What answers to a new size with a new layout does so a moment later.
  await expect.poll(() => page.evaluate(findCut), { timeout: 10_000 }).toEqual([])
}

function findCut(): string[] {
  const slack = 1.5
  const found: string[] = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) found.push(`page: ${root.scrollWidth} px wide`)

  const named = (element: Element) => element.closest('[title], [aria-label]:not([role=region]):not(nav)')
  const isDeliberate = (clip: Element, text: Element) => {
    const { textOverflow, webkitLineClamp } = getComputedStyle(clip)
    if (textOverflow !== 'ellipsis' && webkitLineClamp === 'none') return false
    return named(text) !== null || clip.querySelector('[title]') !== null
  }
  /** How far a box is beyond what hides the rest of it, by axis. */
  const clippedBy = (text: Element, box: DOMRect): Element | undefined => {
    let across = true
    let down = true
    for (let clip: Element | null = text; clip !== null && clip !== root; clip = clip.parentElement) {
      const style = getComputedStyle(clip)
      if (style.position === 'fixed') return undefined
      const edge = clip.getBoundingClientRect()
      if (style.overflowX === 'hidden' || style.overflowX === 'clip') {
        if (across && (box.right > edge.right + slack || box.left < edge.left - slack)) return clip
        if (down && (box.bottom > edge.bottom + 4 || box.top < edge.top - 4)) return clip
      }
      if (style.overflowX === 'auto' || style.overflowX === 'scroll') across = false
      if (style.overflowY === 'auto' || style.overflowY === 'scroll') down = false
    }
    return undefined
  }

  /** Kept in a box of one pixel, for screen readers alone. */
  const isForReaders = (element: Element | null): boolean =>
    element !== null &&
    element !== root &&
    ((element.clientWidth <= 1 &&
      element.clientHeight <= 1 &&
      getComputedStyle(element).position === 'absolute') ||
      isForReaders(element.parentElement))

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement
    const words = texts.currentNode.textContent?.trim() ?? ''
    if (parent === null || words === '' || !parent.checkVisibility({ visibilityProperty: true })) continue
    if (isForReaders(parent)) continue
    // Cells of a grid show what fits; the row shows all of it.
    if (parent.closest('option, script, style, [role=grid] [role=gridcell]') !== null) continue
    const range = document.createRange()
    range.selectNodeContents(texts.currentNode)
    for (const box of range.getClientRects()) {
      if (box.width === 0) continue
      const clip = clippedBy(parent, box)
      if (clip !== undefined && !isDeliberate(clip, parent)) {
        found.push(
          `cut by <${clip.tagName.toLowerCase()} class="${clip.getAttribute('class') ?? ''}">: ${words.slice(0, 80)}`,
        )
        break
      }
      const control = parent.closest('button, [role=tab], [role=menuitem], h1, h2, h3, label, th')
      const edge = control?.getBoundingClientRect()
      if (clip === undefined && edge !== undefined && edge.width > 1 && box.right > edge.right + slack) {
        found.push(`beyond its <${control?.tagName.toLowerCase()}>: ${words.slice(0, 80)}`)
        break
      }
    }
  }

  const pen = document.createElement('canvas').getContext('2d')
  for (const list of document.querySelectorAll('select')) {
    if (pen === null || !list.checkVisibility()) continue
    const style = getComputedStyle(list)
    pen.font = style.font
    const words = list.selectedOptions[0]?.text ?? ''
    const room =
      list.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
    if (pen.measureText(words).width > room + slack && list.title === '')
      found.push(`beyond its <select aria-label="${list.getAttribute('aria-label') ?? list.id}">: ${words}`)
  }
  return [...new Set(found)]
}
