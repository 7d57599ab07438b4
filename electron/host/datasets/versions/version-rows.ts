/** The rows of a version as columns of numbers: where each stands and a digest of what it says, some 30 bytes a row. */
import { createHash } from 'node:crypto'
import type { Task } from '../threads/serve.ts'
import { fileLines } from './file-lines.ts'

export interface VersionFiles {
  readonly train: string
  readonly validation: string | null
  /** Row ids in the dataset's order, negative for validation; null where they are not known. */
  readonly ids: Int32Array | null
}

/** In the dataset's order where it is known, else training rows first. */
export class VersionRows {
  readonly count: number
  /** 0 where they are not known. */
  readonly ids: Int32Array
  readonly splits: Uint8Array
  /** Place among the rows of its split, from 1. */
  readonly numbers: Int32Array
  /** Byte at which its line begins. */
  readonly offsets: Float64Array
  /** Three numbers a row, 96 bits of an MD5. */
  readonly #digests: Uint32Array

  constructor(count: number) {
    this.count = count
    this.ids = new Int32Array(count)
    this.splits = new Uint8Array(count)
    this.numbers = new Int32Array(count)
    this.offsets = new Float64Array(count)
    this.#digests = new Uint32Array(count * 3)
  }

  set(i: number, id: number, split: number, number: number, offset: number, text: string): void {
    this.ids[i] = id
    this.splits[i] = split
    this.numbers[i] = number
    this.offsets[i] = offset
    const digest = createHash('md5').update(text).digest()
    for (let part = 0; part < 3; part++) this.#digests[i * 3 + part] = digest.readUInt32LE(part * 4)
  }

  /** Content and split, as a text. */
  key(i: number): string {
    return `${this.splits[i]} ${this.#digests.subarray(i * 3, i * 3 + 3).join(' ')}`
  }

  sameAs(i: number, other: VersionRows, j: number): boolean {
    for (let part = 0; part < 3; part++)
      if (this.#digests[i * 3 + part] !== other.#digests[j * 3 + part]) return false
    return this.splits[i] === other.splits[j]
  }
}

/** @throws StudioError `disk`, `not-found`, `cancelled` */
export function readVersionRows({ train, validation, ids }: VersionFiles, task: Task): VersionRows {
  const counts = [countLines(train, task), validation === null ? 0 : countLines(validation, task)] as const
  const total = counts[0] + counts[1]
  const rows = new VersionRows(total)
  /** Where the rows of each split go, in their order. */
  const places = placesOf(ids, counts)
  for (const [split, path] of [train, validation].entries()) {
    if (path === null) continue
    let number = 0
    for (const { text, offset } of fileLines(path)) {
      if (number % 1_000 === 0) {
        task.check()
        task.progress({ done: number, total, unit: 'rows', note: 'Comparing rows' })
      }
      const place = places[split]![number++]!
      rows.set(place, ids === null ? 0 : Math.abs(ids[place]!), split, number, offset, text)
    }
  }
  return rows
}

function placesOf(ids: Int32Array | null, [train, validation]: readonly [number, number]): Int32Array[] {
  if (ids === null)
    return [
      Int32Array.from({ length: train }, (_, i) => i),
      Int32Array.from({ length: validation }, (_, i) => train + i),
    ]
  const places = [new Int32Array(train), new Int32Array(validation)]
  const next = [0, 0]
  for (let i = 0; i < ids.length; i++) {
    const split = ids[i]! < 0 ? 1 : 0
    places[split]![next[split]!++] = i
  }
  return places
}

function countLines(path: string, task: Task): number {
  let count = 0
  for (const _ of fileLines(path)) if (count++ % 10_000 === 0) task.check()
  return count
}
