/** A cell that is being edited: the whole text, what became of it meanwhile, and why it could not be stored. */
import type { Cell } from '../../../../electron/contract/datasets/cells.ts'
import type { Failure } from '../../../api/failure.ts'
import type { ShownColumn } from '../grid/column-layout.svelte.ts'

export class CellEdit {
  readonly row: number
  /** Place of the row in the view. */
  offset = $state(0)
  readonly column: ShownColumn
  /** Typing over the cell replaced its text, so the arrow keys leave the cell instead of moving in the text. */
  readonly overwrites: boolean
  text = $state('')
  /** As it was stored; undefined while the whole text is fetched. */
  original = $state.raw<string>()
  failure = $state.raw<Failure>()
  /** What another window has stored meanwhile. */
  theirs = $state.raw<string>()
  #spread = ''

  constructor(row: number, offset: number, column: ShownColumn, typed: string | undefined) {
    this.row = row
    this.offset = offset
    this.column = column
    this.overwrites = typed !== undefined
    this.text = typed ?? ''
  }

  get ready(): boolean {
    return this.original !== undefined
  }

  /** @param stored the whole text of the cell, @param kind what it holds */
  fill(stored: string, kind: Cell['kind']): void {
    this.original = stored
    this.#spread = kind === 'json' ? spread(stored) : stored
    if (!this.overwrites) this.text = this.#spread
  }

  get changed(): boolean {
    if (this.original === undefined) return this.overwrites
    return this.text !== this.original && this.text !== this.#spread
  }
}

/** JSON over several lines, as a person edits it; as it is where that would change how a number is written. */
function spread(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text
  } catch {
    return text
  }
}
