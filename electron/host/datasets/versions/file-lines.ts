/** Lines of a file that the studio itself wrote (JSON Lines, UTF-8, LF), one after the other without waiting. */
import { closeSync, openSync, readSync } from 'node:fs'
import { diskError } from '../../../../engine/errors.ts'

export interface FileLine {
  readonly text: string
  /** Byte at which it begins. */
  readonly offset: number
}

const chunkBytes = 1 << 20
const newline = 0x0a

/** @throws StudioError `disk`, `not-found` */
export function* fileLines(path: string): Generator<FileLine> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let file: number | undefined
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  try {
    file = openSync(path, 'r')
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      const bytes =
        rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)])
      let start = 0
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
        yield { text: bytes.toString('utf8', start, end), offset: offset + start }
        start = end + 1
      }
      offset += start
      rest = Buffer.from(bytes.subarray(start))
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), offset }
  } catch (error) {
    throw diskError('read', path, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
