/** Words and tones for the states of runs. */
import type { RunStatus } from '../../../electron/contract/run-record.ts'

export type Tone = 'neutral' | 'accent' | 'good' | 'bad' | 'warn'

interface Words {
  readonly label: string
  readonly tone: Tone
}

export const statusWords: Readonly<Record<RunStatus, Words>> = {
  queued: { label: 'Waiting', tone: 'neutral' },
  running: { label: 'Training', tone: 'accent' },
  paused: { label: 'Paused', tone: 'warn' },
  interrupted: { label: 'Interrupted', tone: 'warn' },
  completed: { label: 'Completed', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Stopped', tone: 'neutral' },
}
