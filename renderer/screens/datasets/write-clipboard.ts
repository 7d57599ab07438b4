/** Text onto the clipboard, also where the page has no right to it: an old way that browsers keep for key presses. */
import { toasts } from '../../state/toasts.svelte.ts'

/** @returns whether it is there */
export async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (copyBySelection(text)) return true
    toasts.show({ tone: 'bad', text: 'The clipboard is not available here. Nothing was copied.' })
    return false
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  return copied
}
