/** The log as it grows: its last lines, and then each new one. */
import { open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { withEventMeta } from '@orpc/server'
import type { z } from 'zod'
import type { logLinesSchema } from '../../contract/system.ts'
import { lastLogLines, logFile } from '../log-file.ts'

type LogLines = z.infer<typeof logLinesSchema>

const SHOWN_LINES = 1_000
const LOOK_EVERY_MS = 500
const MOST_BYTES = 1_000_000

/**
 * Ends when `signal` aborts. The id of an event is the place in the file up to which it was told.
 * @param lastEventId of the event before a broken connection
 */
export async function* followLog(
  dataDir: string,
  signal: AbortSignal | undefined,
  lastEventId?: string,
): AsyncGenerator<LogLines> {
  const file = logFile(dataDir)
  let place = await sizeOf(file)
  const known = Number(lastEventId)
  if (Number.isSafeInteger(known) && known <= place) place = known
  else yield told({ lines: lastLogLines(dataDir, SHOWN_LINES), reset: true }, place)
  while (signal?.aborted !== true) {
    const size = await sizeOf(file)
    // A rotated file begins anew; so does one that grew by more than anybody reads.
    if (size < place || size - place > MOST_BYTES) {
      place = size
      yield told({ lines: lastLogLines(dataDir, SHOWN_LINES), reset: true }, place)
    } else if (size > place) {
      const text = await textBetween(file, place, size)
      const whole = text.lastIndexOf('\n') + 1
      if (whole > 0) {
        place += Buffer.byteLength(text.slice(0, whole))
        yield told({ lines: text.slice(0, whole - 1).split('\n'), reset: false }, place)
        continue
      }
    }
    await sleep(LOOK_EVERY_MS, undefined, signal && { signal }).catch(() => {}) // aborted: the loop ends
  }
}

const told = (lines: LogLines, place: number): LogLines => withEventMeta(lines, { id: String(place) })

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}

async function textBetween(file: string, from: number, to: number): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
