/** Light or dark: as the system has it, or as the person chose in the settings. */
import type { Settings } from '../../electron/contract/system.ts'
import { isOneOf, Persisted } from './persisted.svelte.ts'

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')

class Theme {
  // Remembered here too, so that a window opens in the right colours before the host has answered.
  readonly #choice = new Persisted<Settings['theme']>('theme', 'system', isOneOf('system', 'light', 'dark'))
  #systemDark = $state(prefersDark.matches)

  constructor() {
    prefersDark.addEventListener('change', () => {
      this.#systemDark = prefersDark.matches
    })
  }

  readonly #dark = $derived.by(() =>
    this.#choice.current === 'system' ? this.#systemDark : this.#choice.current === 'dark',
  )

  get choice(): Settings['theme'] {
    return this.#choice.current
  }

  set choice(choice: Settings['theme']) {
    this.#choice.current = choice
  }

  /** What is shown now. Charts that draw on a canvas read it to draw again. */
  get current(): 'light' | 'dark' {
    return this.#dark ? 'dark' : 'light'
  }
}

export const theme = new Theme()
