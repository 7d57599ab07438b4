/** One-click fixes of what a check found. */
import { StudioError } from '../../../../engine/errors.ts'
import type { Fix } from '../../../contract/datasets/checks.ts'
import type { BulkEdit } from '../../../contract/datasets/sheet.ts'
import { issues } from '../checks/issues.ts'
import type { BulkContext } from './bulk-edits.ts'
import { counted, type Label } from './edit-context.ts'

/** Which of the two rows goes: the one that was found, or the one it repeats. */
const goes: Readonly<Record<Fix, 'row' | 'partner'>> = {
  delete: 'row',
  'keep-first': 'row',
  'delete-from-validation': 'row',
  'delete-from-train': 'partner',
}

/**
 * Rows that have changed since the check are left alone.
 * @throws StudioError `not-found` without a check, `bad-argument` for a fix that is none of this issue
 */
export function fix(
  { issue, fix: chosen }: Extract<BulkEdit, { kind: 'fix' }>,
  { sheet, writer, task }: BulkContext,
): Label {
  const found = sheet.checked?.found[issue]
  if (sheet.checked === null || found === undefined)
    throw new StudioError('not-found', 'The rows have not been checked for this.', 'Check the dataset first.')
  if (!issues[issue].fixes.some((offered) => offered.fix === chosen))
    throw new StudioError(
      'bad-argument',
      `"${chosen}" does not help against "${issue}".`,
      'Choose an offered fix.',
    )
  for (const [i, row] of found.rows.entries()) {
    if (i % 1_000 === 0) {
      task.check()
      task.progress({ done: i, total: found.rows.length, unit: 'rows' })
    }
    const partner = found.partners?.[i]
    if (!sheet.unchanged(row) || (partner !== undefined && !sheet.unchanged(partner))) continue
    writer.remove(goes[chosen] === 'row' || partner === undefined ? row : partner)
  }
  return (rows) => `${issues[issue].title}: delete ${counted(rows, 'row')}`
}
