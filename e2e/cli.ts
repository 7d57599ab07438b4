/** Runs the command line as a person does: a process of its own, a data folder of its own. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The document on the last line of the output. */
  json(): unknown
}

const entry = join(import.meta.dirname, '../electron/cli.ts')

export function cli(dataDir: string, ...args: readonly string[]): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, PEFT_STUDIO_DATA: dataDir },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({
        code: code ?? -1,
        stdout,
        stderr,
        json: () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''),
      })
    })
  })
}
