/** What a program of the system prints. */
import { execFile } from 'node:child_process'

/** @returns undefined where there is no such program, it fails, or it takes longer than five seconds */
export function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { timeout: 5000, windowsHide: true, maxBuffer: 16 * 2 ** 20 },
      (error, stdout) => {
        // The registry's tool prints what it could read and fails for what it could not.
        resolve(error !== null && stdout === '' ? undefined : stdout)
      },
    )
  })
}
