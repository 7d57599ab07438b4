/** How high rows are: lines of text that a cell shows, and the air around them. Remembered by this window. */
import { isNumber, isOneOf, Persisted } from '../../../state/persisted.svelte.ts'

export const lineChoices = [1, 2, 4, 8] as const

const linePixels = 16

class RowHeight {
  readonly #lines = new Persisted('datasets.lines', 2, isNumber)
  readonly #density = new Persisted<'compact' | 'comfortable'>(
    'datasets.density',
    'comfortable',
    isOneOf('compact', 'comfortable'),
  )

  get lines(): number {
    return this.#lines.current
  }
  set lines(lines: number) {
    this.#lines.current = lines
  }

  get density(): 'compact' | 'comfortable' {
    return this.#density.current
  }
  set density(density: 'compact' | 'comfortable') {
    this.#density.current = density
  }

  /** Above and below the text, each. */
  readonly padding = $derived(this.density === 'compact' ? 3 : 8)
  readonly pixels = $derived(this.lines * linePixels + 2 * this.padding)
}

export const rowHeight = new RowHeight()
