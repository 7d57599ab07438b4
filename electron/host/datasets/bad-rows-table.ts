/** The bad rows of an import as a tab-separated file. */
import { Readable } from 'node:stream'
import { clipboardText } from './edits/clipboard.ts'
import type { SheetHandlers } from './sheet/sheet-worker.ts'
import type { Thread } from './threads/thread.ts'

const pageRows = 1_000

export function badRowsTable(sheet: Thread<SheetHandlers>): Readable {
  return Readable.from(lines(sheet))
}

async function* lines(sheet: Thread<SheetHandlers>): AsyncGenerator<string> {
  yield `${clipboardText([['file', 'line', 'reason', 'text']])}\n`
  for (let offset = 0; ; offset += pageRows) {
    const { rows } = await sheet.call('badRows', { offset, limit: pageRows })
    if (rows.length === 0) return
    yield `${clipboardText(rows.map(({ file, line, reason, text }) => [file, String(line), reason, text]))}\n`
  }
}
