/** Whether a run that has ended can go on. */
import { StudioError } from '../../../engine/errors.ts'
import type { Run } from '../../store/run-record.ts'

/** @throws StudioError `bad-argument` where there is nothing to go on with, saying what to do instead */
export function checkResumable({ name, status, error, deletedAt }: Run): void {
  const refuse = (why: string, hint: string) => new StudioError('bad-argument', `"${name}" ${why}.`, hint)
  if (deletedAt !== null) throw refuse('is in the bin', 'Restore it first.')
  if (status === 'completed') throw refuse('is complete', 'Fork it from its last checkpoint to train on.')
  if (status === 'queued' || status === 'running') throw refuse(`is ${status} already`, 'Wait for its turn.')
  if (error?.code === 'diverged')
    throw refuse(
      'diverged and would do so again',
      'Fork it from a checkpoint before that, with a lower learning rate.',
    )
}
