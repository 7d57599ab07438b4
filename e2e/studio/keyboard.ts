/** A person without a mouse: goes from stop to stop with Tab, and sees at each where the keyboard is. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

interface Stop {
  /** What it is, for the message of a failure. */
  readonly what: string
  readonly inSight: boolean
  /** It, its label or the option it points to is drawn around, or filled. */
  readonly marked: boolean
}

/** What has the keyboard, and whether a person sees it. */
function focusedStop(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement
    const outlined = (one: Element) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one)
      return (
        outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && outlineColor !== 'rgba(0, 0, 0, 0)'
      )
    }
    // A part of a drawing has no outline: its frame is drawn in the colour of the focus.
    const framed = (one: Element) => {
      const probe = document.body.appendChild(document.createElement('i'))
      probe.style.color = 'var(--focus)'
      const { color } = getComputedStyle(probe)
      probe.remove()
      return (
        one instanceof SVGElement && [...one.children].some((part) => getComputedStyle(part).stroke === color)
      )
    }
    const label = element.closest('label')
    const option = document.getElementById(element.getAttribute('aria-activedescendant') ?? '')
    const filled = option !== null && getComputedStyle(option).backgroundColor !== 'rgba(0, 0, 0, 0)'
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? ''
    return {
      what: `<${element.tagName.toLowerCase()} role="${element.getAttribute('role') ?? ''}"> ${name}`,
      inSight:
        right > 0 && bottom > 0 && left < window.innerWidth && top < window.innerHeight && right > left,
      marked: outlined(element) || framed(element) || (label !== null && outlined(label)) || filled,
    }
  })
}

/** Fails where a person would not see what has the keyboard. */
export async function expectFocusSeen(page: Page): Promise<void> {
  const stop = await focusedStop(page)
  expect(stop, `The focus cannot be seen at ${stop.what}`).toMatchObject({ inSight: true, marked: true })
}

/** Presses Tab until `target` has the keyboard; every stop on the way must be seen. */
export async function tabTo(target: Locator, { key = 'Tab', most = 150 } = {}): Promise<void> {
  const page = target.page()
  await target.first().waitFor()
  const way: string[] = []
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press(key)
    await expectFocusSeen(page)
    if (await target.first().evaluate((element) => element === document.activeElement)) return
    way.push((await focusedStop(page)).what)
  }
  throw new Error(`${most} × ${key} do not lead to ${target}. On the way:\n${way.join('\n')}`)
}
