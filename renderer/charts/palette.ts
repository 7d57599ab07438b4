/** Colours of the tokens, for what is drawn outside of CSS. */
import type { Palette } from './figure.ts'

/** The colours shown now; make a new one when the theme changes. */
export function currentPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  return remembering((token) => style.getPropertyValue(token).trim())
}

/** The colours of a theme, whichever is shown. */
export function paletteOf(theme: 'light' | 'dark'): Palette {
  const root = document.documentElement
  const shown = root.dataset.theme
  root.dataset.theme = theme
  // Read all at once: nothing is painted before the theme is back.
  const style = getComputedStyle(root)
  const colours = new Map([...tokens].map((token) => [token, style.getPropertyValue(token).trim()]))
  if (shown === undefined) delete root.dataset.theme
  else root.dataset.theme = shown
  return (token) => colours.get(token) ?? 'currentColor'
}

const tokens: readonly string[] = [
  ...['--bg', '--surface', '--surface-2', '--surface-3', '--border', '--border-strong', '--grid', '--axis'],
  ...['--text', '--text-2', '--text-3', '--accent', '--accent-soft', '--bad', '--warn', '--good'],
  ...Array.from({ length: 8 }, (_, i) => `--run-${i + 1}`),
]

function remembering(read: Palette): Palette {
  const known = new Map<string, string>()
  return (token) => {
    let colour = known.get(token)
    if (colour === undefined) {
      colour = read(token)
      known.set(token, colour)
    }
    return colour
  }
}
