/** What went wrong, in the three parts that every error of the studio has. */
import type { Failure } from '../../electron/contract/shared.ts'

export type { Failure }

/** The failure behind anything that was thrown by a call. */
export function failureOf(error: unknown): Failure {
  if (typeof error === 'object' && error !== null && 'data' in error && isFailure(error.data))
    return error.data
  return {
    code: 'connection',
    message: error instanceof Error ? error.message : String(error),
    hint: 'Try again. If it stays, restart the studio; everything stored is safe.',
  }
}

function isFailure(data: unknown): data is Failure {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data && 'hint' in data
}

/** Whether a call ended because the caller aborted it. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
