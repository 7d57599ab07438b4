/** How the command line says that something went wrong. */
import { type ErrorCode, messageOf, StudioError } from '../../engine/errors.ts'
import type { TextOutput } from './output.ts'

/** As shells expect: 2 for a wrong call, 130 for an interruption, 1 for the rest. */
const exitCodes: Partial<Record<ErrorCode, number>> = { 'bad-argument': 2, cancelled: 130 }

/**
 * Tells an error on `stderr`, and with `json` also as a document on the last line of `stdout`.
 * @returns the exit code for the process, never 0
 */
export function reportError(
  error: unknown,
  { json, stdout, stderr }: { json: boolean; stdout: TextOutput; stderr: TextOutput },
): number {
  const { code, message, hint } = described(error)
  stderr.write(`error: ${message}\n  ${hint}\n`)
  // A defect: the trace helps whoever mends it.
  if (!(error instanceof StudioError) && error instanceof Error) stderr.write(`${error.stack}\n`)
  if (json) stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`)
  return exitCodes[code] ?? 1
}

function described(error: unknown): { code: ErrorCode; message: string; hint: string } {
  if (error instanceof StudioError) return error
  const hint = 'This is a defect of PEFT Studio; please report it with the lines below.'
  return { code: 'internal', message: messageOf(error), hint }
}
