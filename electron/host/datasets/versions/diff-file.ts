/** Pages of a difference between versions: the places are kept, the rows are read from the versions' own files. */
import { open, readFile } from 'node:fs/promises'
import { parseJson, printJson } from '../../../../engine/data/json.ts'
import { diskError } from '../../../../engine/errors.ts'
import type { DiffRow } from '../../../contract/datasets/versions.ts'
import { cellOf, type Fields } from '../sheet/cells.ts'
import { diffKindNumbers, entryNumbers } from './diff-versions.ts'

interface Files {
  readonly train: string
  readonly validation: string | null
}

type Kind = DiffRow['kind']

const cellCharacters = 2_000
const chunkBytes = 16 * 1024

export class DiffFile {
  readonly #entries: Float64Array
  readonly #before: Files
  readonly #after: Files

  constructor(entries: Float64Array, before: Files, after: Files) {
    this.#entries = entries
    this.#before = before
    this.#after = after
  }

  static async open(path: string, before: Files, after: Files): Promise<DiffFile> {
    try {
      const bytes = new Uint8Array(await readFile(path))
      return new DiffFile(new Float64Array(bytes.buffer), before, after)
    } catch (error) {
      throw diskError('read', path, error)
    }
  }

  async page(
    kinds: readonly Kind[],
    offset: number,
    limit: number,
  ): Promise<{ total: number; rows: DiffRow[] }> {
    const wanted = new Set(kinds.map((kind) => diffKindNumbers[kind]))
    const chosen: number[] = []
    let total = 0
    for (let at = 0; at < this.#entries.length; at += entryNumbers) {
      if (!wanted.has(this.#entries[at] as 0 | 1 | 2)) continue
      if (total >= offset && chosen.length < limit) chosen.push(at)
      total += 1
    }
    return { total, rows: await Promise.all(chosen.map((at) => this.#row(at))) }
  }

  async #row(at: number): Promise<DiffRow> {
    const kind = (Object.keys(diffKindNumbers) as Kind[]).find(
      (name) => diffKindNumbers[name] === this.#entries[at],
    )!
    const before = await this.#side(this.#before, at + 1)
    const after = await this.#side(this.#after, at + 4)
    return {
      kind,
      before: before?.shown ?? null,
      after: after?.shown ?? null,
      columns: before === null || after === null ? [] : differing(before.fields, after.fields),
    }
  }

  async #side(files: Files, at: number) {
    const [split = -1, number = 0, offset = 0] = this.#entries.subarray(at, at + 3)
    const path = split === 0 ? files.train : files.validation
    if (split < 0 || path === null) return null
    const fields = parseJson(await lineAt(path, offset)) as Fields
    const cells = Object.entries(fields).map(([name, value]) => [name, cellOf(value, cellCharacters).text])
    return {
      fields,
      shown: {
        split: split === 0 ? ('train' as const) : ('validation' as const),
        number,
        cells: Object.fromEntries(cells),
      },
    }
  }
}

function differing(before: Fields, after: Fields): string[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)])
  const text = (fields: Fields, name: string) => (Object.hasOwn(fields, name) ? printJson(fields[name]) : '')
  return [...names].filter((name) => text(before, name) !== text(after, name))
}

async function lineAt(path: string, offset: number): Promise<string> {
  try {
    const handle = await open(path)
    try {
      const parts: Buffer[] = []
      for (let at = offset; ; at += chunkBytes) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at)
        const part = buffer.subarray(0, bytesRead)
        const end = part.indexOf(0x0a)
        parts.push(end < 0 ? part : part.subarray(0, end))
        if (end >= 0 || bytesRead < chunkBytes) return Buffer.concat(parts).toString('utf8')
      }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw diskError('read', path, error)
  }
}
