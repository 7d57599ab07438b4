/** How far a reader of a run has come, as the id of a message: enough to go on without a gap and without saying twice. */

export interface LiveCursor {
  /** Attempt of the trainer that the reader knows of. */
  readonly attempt: number
  readonly step: number
  /** Step of the last evaluation. */
  readonly evaluation: number
  /** Ids of the last log entry and sample. */
  readonly log: number
  readonly sample: number
  /** Which checkpoints and which state of the run were told last. */
  readonly checkpoints: string
  readonly run: string
}

export function writeCursor(cursor: LiveCursor): string {
  const { attempt, step, evaluation, log, sample, checkpoints, run } = cursor
  return [attempt, step, evaluation, log, sample, checkpoints, run].join(':')
}

/** Undefined for a text that is none. */
export function readCursor(text: string | undefined): LiveCursor | undefined {
  const parts = text?.split(':') ?? []
  const numbers = parts.slice(0, 5).map(Number)
  if (parts.length !== 7 || !numbers.every(Number.isSafeInteger)) return undefined
  const [attempt = 0, step = 0, evaluation = -1, log = 0, sample = 0] = numbers
  return { attempt, step, evaluation, log, sample, checkpoints: parts[5]!, run: parts[6]! }
}
