/** What names the content of a version: the bytes of its training and validation rows, whatever they were imported from. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { diskError } from '../../../../engine/errors.ts'

/** @param train, validation SHA-256 of the files (of nothing, where there is none) in hexadecimal */
export function contentHash(train: string, validation: string): string {
  return createHash('sha256').update(`train ${train}\nvalidation ${validation}\n`).digest('hex')
}

export interface FilesFacts {
  readonly contentHash: string
  /** Lines that are not blank. */
  readonly lines: readonly [train: number, validation: number]
  readonly bytes: number
}

/** The same of files that lie there, streamed. @throws StudioError `disk`, `not-found` */
export async function factsOfFiles(train: string, validation: string | null): Promise<FilesFacts> {
  const parts = [await factsOf(train), await factsOf(validation)] as const
  return {
    contentHash: contentHash(parts[0].digest, parts[1].digest),
    lines: [parts[0].lines, parts[1].lines],
    bytes: parts[0].bytes + parts[1].bytes,
  }
}

async function factsOf(path: string | null): Promise<{ digest: string; lines: number; bytes: number }> {
  const hash = createHash('sha256')
  let lines = 0
  let bytes = 0
  let blank = true
  if (path !== null) {
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        const part = chunk as Buffer
        hash.update(part)
        bytes += part.length
        for (const byte of part) {
          if (byte === 0x0a) {
            if (!blank) lines += 1
            blank = true
          } else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) blank = false
        }
      }
    } catch (error) {
      throw diskError('read', path, error)
    }
    if (!blank) lines += 1
  }
  return { digest: hash.digest('hex'), lines, bytes }
}
