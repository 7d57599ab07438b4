/** The kinds of issues a check looks for, with what they do to a training and what one click can do about them. */
import type { Fix, IssueKind } from '../../../contract/datasets/checks.ts'

interface IssueDescription {
  readonly title: string
  readonly explain: string
  readonly fixes: readonly { readonly fix: Fix; readonly label: string }[]
}

export const issues: Readonly<Record<IssueKind, IssueDescription>> = {
  unfit: {
    title: 'Do not fit the mapping',
    explain: 'A field is missing or of the wrong kind: training leaves these rows out.',
    fixes: [{ fix: 'delete', label: 'Delete them' }],
  },
  empty: {
    title: 'Empty',
    explain: 'There is nothing to read or nothing to learn in them: the model learns to answer with silence.',
    fixes: [{ fix: 'delete', label: 'Delete them' }],
  },
  duplicate: {
    title: 'Duplicates',
    explain: 'The same content as an earlier row: it counts as often as it stands there.',
    fixes: [{ fix: 'keep-first', label: 'Keep the first of each' }],
  },
  contradictory: {
    title: 'Contradictory',
    explain:
      'The same prompt as an earlier row with another answer: the model cannot learn both and learns a mixture.',
    fixes: [{ fix: 'keep-first', label: 'Keep the first of each' }],
  },
  'both-splits': {
    title: 'In training and validation',
    explain: 'Validation rows that are also trained on: the validation loss looks better than it is.',
    fixes: [
      { fix: 'delete-from-validation', label: 'Delete from validation' },
      { fix: 'delete-from-train', label: 'Delete from training' },
    ],
  },
  'too-long': {
    title: 'Longer than the context',
    explain: 'Training cuts them at their end, so the model never sees how they finish.',
    fixes: [{ fix: 'delete', label: 'Delete them' }],
  },
}

/** Rows of a kind, each (where the kind compares rows) with the one it repeats. */
export interface FoundRows {
  readonly rows: Int32Array
  readonly partners: Int32Array | null
}

/** What a check found, valid for rows that have not changed since its revision. */
export interface CheckedRows {
  readonly revision: number
  readonly found: Readonly<Partial<Record<IssueKind, FoundRows>>>
}
