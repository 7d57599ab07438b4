/** Token lengths of all rows of a sheet, kept on disk: only rows that have changed since are counted again. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { diskError } from '../../../../engine/errors.ts'

const headerSchema = z.object({
  version: z.literal(1),
  /** Revision of the sheet whose rows were counted. */
  revision: z.int(),
  /** Largest row id with a place in the arrays. */
  largest: z.int(),
})

/** Not counted yet, and no example. */
const unknown = -1
const unfit = -2

/** Fixed, so that the arrays begin at an address typed arrays accept. */
const headerBytes = 256

export class LengthsFile {
  /** Rows changed after it are unknown. */
  readonly revision: number
  readonly #tokens: Int32Array
  readonly #learned: Int32Array

  /** Nothing counted yet, for ids up to `largest`. */
  constructor(revision: number, largest: number, old?: LengthsFile) {
    this.revision = revision
    this.#tokens = new Int32Array(largest + 1).fill(unknown)
    this.#learned = new Int32Array(largest + 1)
    if (old === undefined) return
    const places = Math.min(largest + 1, old.#tokens.length)
    this.#tokens.set(old.#tokens.subarray(0, places))
    this.#learned.set(old.#learned.subarray(0, places))
  }

  /** What is there; null without a file, or when it cannot be used. */
  static read(path: string): LengthsFile | null {
    if (!existsSync(path)) return null
    let bytes: Buffer
    try {
      bytes = readFileSync(path)
    } catch (error) {
      throw diskError('read', path, error)
    }
    const header = headerSchema.safeParse(jsonOf(bytes.subarray(0, headerBytes).toString('latin1').trimEnd()))
    if (!header.success || bytes.length !== headerBytes + (header.data.largest + 1) * 8) return null
    const { revision, largest } = header.data
    const file = new LengthsFile(revision, largest)
    const numbers = new Int32Array(new Uint8Array(bytes.subarray(headerBytes)).buffer)
    file.#tokens.set(numbers.subarray(0, largest + 1))
    file.#learned.set(numbers.subarray(largest + 1))
    return file
  }

  /** Whether the row's length holds for the row as it is now. */
  knows(id: number, rowRevision: number): boolean {
    return rowRevision <= this.revision && (this.#tokens[id] ?? unknown) !== unknown
  }

  /** Tokens of a counted row; 0 where it gives no example. */
  tokens(id: number): number {
    return Math.max(0, this.#tokens[id] ?? 0)
  }

  learned(id: number): number {
    return this.#learned[id] ?? 0
  }

  isUnfit(id: number): boolean {
    return this.#tokens[id] === unfit
  }

  /** @param length null: the row gives no example */
  set(id: number, length: { readonly tokens: number; readonly learned: number } | null): void {
    this.#tokens[id] = length === null ? unfit : length.tokens
    this.#learned[id] = length?.learned ?? 0
  }

  forget(id: number): void {
    this.#tokens[id] = unknown
  }

  /** Written aside and renamed. */
  write(path: string): void {
    const header = JSON.stringify({ version: 1, revision: this.revision, largest: this.#tokens.length - 1 })
    const part = (numbers: Int32Array) =>
      new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
    const bytes = Buffer.concat([
      Buffer.from(header.padEnd(headerBytes), 'latin1'),
      part(this.#tokens),
      part(this.#learned),
    ])
    try {
      writeFileSync(`${path}.tmp`, bytes)
      renameSync(`${path}.tmp`, path)
    } catch (error) {
      throw diskError('write', path, error)
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
