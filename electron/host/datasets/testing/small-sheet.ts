/** A sheet in this thread, made from rows. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../store/testing/folders.ts'
import { importRows } from '../import/import-rows.ts'
import { OpenSheet } from '../sheet/open-sheet.ts'
import type { Task } from '../threads/serve.ts'

export const task: Task = { cancelled: false, check: () => {}, progress: () => {} }

/** @param rows each with the same columns, the first of which are prompt and completion */
export async function smallSheet(rows: readonly Record<string, unknown>[]): Promise<OpenSheet> {
  const path = join(temporaryFolder(), 'working.db')
  const text = rows.map((row) => JSON.stringify(row)).join('\n')
  await importRows(
    {
      files: [{ name: 'rows', bytes: text.length, split: 'train', content: { text } }],
      reading: { format: 'jsonl', delimiter: ',', header: true, textUnit: 'line' },
      mapping: { format: 'prompt-completion', columns: { prompt: 'prompt', completion: 'completion' } },
      split: undefined,
      path,
    },
    task,
  )
  const sheet = new OpenSheet(path, 'write')
  onTestFinished(() => sheet.close())
  return sheet
}
