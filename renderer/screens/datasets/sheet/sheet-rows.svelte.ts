/** The rows of a view, fetched in blocks around what is seen; what was seen stays until newer rows are there. */
import { SvelteMap } from 'svelte/reactivity'
import type { GridRow } from '../../../../electron/contract/datasets/cells.ts'
import { type Failure, failureOf, isAbort } from '../../../api/failure.ts'
import type { Studio } from '../../../api/studio.svelte.ts'

const blockSize = 100
/** Blocks fetched at the same time: the one looked at is not kept waiting by those ahead of it. */
const mostFetches = 2
const keptBlocks = 40

interface Window {
  readonly from: number
  readonly to: number
}

export class SheetRows {
  /** Rows of the view. */
  total = $state(0)
  /** Why rows could not be fetched; `refresh` tries again. */
  failure = $state.raw<Failure>()
  readonly #studio: Studio
  readonly #sheetId: string
  readonly #blocks = new SvelteMap<number, readonly GridRow[]>()
  /** Blocks that are of the present revision. */
  readonly #fresh = new Set<number>()
  readonly #fetches = new Map<number, AbortController>()
  /** Called when the host has forgotten the view. */
  #viewLost: () => void = () => undefined
  #viewId: string | null = null
  #shown: Window = { from: 0, to: 50 }
  #downwards = true

  constructor(studio: Studio, sheetId: string) {
    this.#studio = studio
    this.#sheetId = sheetId
  }

  get viewId(): string | null {
    return this.#viewId
  }

  set onviewlost(told: () => void) {
    this.#viewLost = told
  }

  /** The row at a place of the view; undefined while it is on its way. */
  at(offset: number): GridRow | undefined {
    return this.#blocks.get(Math.floor(offset / blockSize))?.[offset % blockSize]
  }

  /** Rows that have been fetched, in no order. */
  get atHand(): readonly GridRow[] {
    return [...this.#blocks.values()].flat()
  }

  /** Where a row stands, if it is among those at hand. */
  find(id: number): number | undefined {
    for (const [block, rows] of this.#blocks) {
      const index = rows.findIndex((row) => row.id === id)
      if (index >= 0) return block * blockSize + index
    }
    return undefined
  }

  /** Tells which rows are seen; they are fetched first, then some of those ahead. */
  show(from: number, to: number): void {
    if (from !== this.#shown.from) this.#downwards = from > this.#shown.from
    this.#shown = { from, to }
    this.#fetchMissing()
  }

  /**
   * Shows another view. The rows around `near` are there before it is shown, so nothing flickers.
   * @throws what the call throws
   */
  async open(viewId: string | null, near: number, signal: AbortSignal): Promise<void> {
    const block = Math.floor(near / blockSize)
    const first = await this.#ask(viewId, block, signal)
    this.#abortAll()
    this.#viewId = viewId
    this.#blocks.clear()
    this.#fresh.clear()
    this.total = first.total
    this.#keep(block, first.rows)
    this.#fetchMissing()
  }

  /** Rows have changed: those seen are fetched again, the others when they are seen. */
  async refresh(): Promise<void> {
    this.#abortAll()
    this.#fresh.clear()
    this.failure = undefined
    const wanted = this.#wanted()
    for (const block of [...this.#blocks.keys()]) if (!wanted.includes(block)) this.#blocks.delete(block)
    await this.#fetch(wanted[0] ?? 0)
  }

  /** Shows a cell as the person has just written it, until the host's rows are there. */
  patch(offset: number, column: number, text: string): void {
    const block = Math.floor(offset / blockSize)
    const rows = this.#blocks.get(block)
    const row = rows?.[offset % blockSize]
    const cell = row?.cells[column]
    if (rows === undefined || row === undefined || cell === undefined) return
    const kind = cell.kind === 'missing' || cell.kind === 'null' ? 'text' : cell.kind
    const cells = row.cells.with(column, { kind, text, chars: text.length })
    this.#blocks.set(block, rows.with(offset % blockSize, { ...row, cells }))
  }

  close(): void {
    this.#abortAll()
  }

  /** Blocks worth having, the most needed first. */
  #wanted(): number[] {
    const first = Math.floor(this.#shown.from / blockSize)
    const last = Math.floor(Math.max(this.#shown.from, this.#shown.to - 1) / blockSize)
    const seen = Array.from({ length: last - first + 1 }, (_, i) => first + i)
    const ahead = this.#downwards ? [last + 1, first - 1, last + 2] : [first - 1, last + 1, first - 2]
    const end = Math.ceil(this.total / blockSize)
    return [...seen, ...ahead].filter((block) => block >= 0 && block < end)
  }

  #fetchMissing(): void {
    const wanted = this.#wanted()
    for (const [block, abort] of this.#fetches) if (!wanted.includes(block)) abort.abort()
    for (const block of wanted) {
      if (this.#fetches.size >= mostFetches) return
      if (!this.#fresh.has(block) && !this.#fetches.has(block)) void this.#fetch(block)
    }
  }

  async #fetch(block: number): Promise<void> {
    const abort = new AbortController()
    this.#fetches.set(block, abort)
    try {
      const { rows, total } = await this.#ask(this.#viewId, block, abort.signal)
      if (abort.signal.aborted) return
      this.total = total
      this.#keep(block, rows)
    } catch (error) {
      if (abort.signal.aborted || isAbort(error)) return
      const failure = failureOf(error)
      if (failure.code === 'not-found') this.#viewLost()
      else this.failure = failure
      return
    } finally {
      if (this.#fetches.get(block) === abort) this.#fetches.delete(block)
    }
    this.#fetchMissing()
  }

  #ask(viewId: string | null, block: number, signal: AbortSignal) {
    const input = { sheetId: this.#sheetId, viewId, offset: block * blockSize, limit: blockSize }
    return this.#studio.client.datasets.rows(input, { signal })
  }

  #keep(block: number, rows: readonly GridRow[]): void {
    this.#blocks.set(block, rows)
    this.#fresh.add(block)
    if (this.#blocks.size <= keptBlocks) return
    const seen = Math.floor(this.#shown.from / blockSize)
    const far = [...this.#blocks.keys()].sort((a, b) => Math.abs(b - seen) - Math.abs(a - seen))
    for (const other of far.slice(0, this.#blocks.size - keptBlocks)) {
      this.#blocks.delete(other)
      this.#fresh.delete(other)
    }
  }

  #abortAll(): void {
    for (const abort of this.#fetches.values()) abort.abort()
    this.#fetches.clear()
  }
}
