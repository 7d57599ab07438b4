/** What differs between two versions, as a file of places in their rows: made once, paged from then on. */
import { renameSync, writeFileSync } from 'node:fs'
import { diskError } from '../../../../engine/errors.ts'
import type { DiffSummary } from '../../../contract/datasets/versions.ts'
import type { Task } from '../threads/serve.ts'
import { readVersionRows, type VersionFiles, type VersionRows } from './version-rows.ts'

export interface DiffSide extends VersionFiles {
  readonly columns: readonly string[]
}

export interface DiffInput {
  readonly before: DiffSide
  readonly after: DiffSide
  /** Where the places go; the summary stands beside it. */
  readonly path: string
}

/** Numbers of an entry: kind, then for each side its split (−1: absent), number in it and byte offset. */
export const entryNumbers = 7
export const diffKindNumbers = { added: 0, removed: 1, changed: 2 } as const

/** @throws StudioError `disk`, `cancelled` */
export function diffVersions({ before, after, path }: DiffInput, task: Task): DiffSummary {
  const matchedBy = before.ids !== null && after.ids !== null ? 'row' : 'content'
  const old = readVersionRows(before, task)
  const now = readVersionRows(after, task)
  const partners = matchedBy === 'row' ? partnersById(old, now) : partnersByContent(old, now)
  const entries: number[] = []
  const counts = { added: 0, removed: 0, changed: 0, unchanged: 0 }
  const add = (kind: keyof typeof diffKindNumbers, from: number, to: number) => {
    counts[kind] += 1
    entries.push(diffKindNumbers[kind], ...placeOf(old, from), ...placeOf(now, to))
  }
  // Removed rows are told where they stood: before the next row that is still there.
  const stays = new Uint8Array(old.count)
  for (const at of partners) if (at >= 0) stays[at] = 1
  let told = 0
  let highest = -1
  let reordered = false
  const tellGone = (until: number) => {
    for (; told < until; told++) if (stays[told] === 0) add('removed', told, -1)
  }
  for (let i = 0; i < now.count; i++) {
    const at = partners[i]!
    if (at < 0) {
      add('added', -1, i)
      continue
    }
    if (at < highest) reordered = true
    highest = Math.max(highest, at)
    tellGone(at)
    if (old.sameAs(at, now, i)) counts.unchanged += 1
    else add('changed', at, i)
  }
  tellGone(old.count)
  const columns = [...new Set([...after.columns, ...before.columns])]
  const summary: DiffSummary = { ...counts, reordered, matchedBy, columns }
  write(path, Float64Array.from(entries), summary)
  return summary
}

function placeOf(rows: VersionRows, i: number): [number, number, number] {
  return i < 0 ? [-1, 0, 0] : [rows.splits[i]!, rows.numbers[i]!, rows.offsets[i]!]
}

/** For each row now, which of the old rows it is; −1: none. */
function partnersById(old: VersionRows, now: VersionRows): Int32Array {
  let largest = 0
  for (const rows of [old, now]) for (const id of rows.ids) if (id > largest) largest = id
  const places = new Int32Array(largest + 1).fill(-1)
  for (let i = 0; i < old.count; i++) places[old.ids[i]!] = i
  return Int32Array.from(now.ids, (id) => places[id]!)
}

/** The same content in the same split; where it stands several times, the first with the first, and so on. */
function partnersByContent(old: VersionRows, now: VersionRows): Int32Array {
  const waiting = new Map<string, number[]>()
  for (let i = old.count - 1; i >= 0; i--) {
    const key = old.key(i)
    const places = waiting.get(key)
    if (places === undefined) waiting.set(key, [i])
    else places.push(i)
  }
  return Int32Array.from({ length: now.count }, (_, i) => waiting.get(now.key(i))?.pop() ?? -1)
}

/** The places first, then the summary, whose presence says that both are complete. */
function write(path: string, entries: Float64Array, summary: DiffSummary): void {
  try {
    writeFileSync(path, new Uint8Array(entries.buffer))
    writeFileSync(`${path}.json.tmp`, JSON.stringify(summary))
    renameSync(`${path}.json.tmp`, `${path}.json`)
  } catch (error) {
    throw diskError('write', path, error)
  }
}
