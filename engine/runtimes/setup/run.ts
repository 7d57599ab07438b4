/** Runs other programs for the setup scripts: what they print is kept, and shown where they fail. */
import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { messageOf, StudioError } from '../../errors.ts'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** What the program is for and what to do where it fails. */
  readonly purpose: string
  readonly hint: string
  /** Windows finds scripts such as npm through its shell only. */
  readonly shell?: boolean
}

/** @returns what it printed on standard output @throws StudioError with the last lines where it fails or does not exist */
export function run(
  program: string,
  args: readonly string[],
  { cwd, env, purpose, hint, shell = false }: RunOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, shell, windowsHide: true })
    let [output, everything] = ['', '']
    child.stdout.on('data', (chunk) => {
      output += chunk
      everything += chunk
    })
    child.stderr.on('data', (chunk) => {
      everything += chunk
    })
    const fail = (why: string) => reject(new StudioError('device', `Could not ${purpose}: ${why}`, hint))
    child.on('error', (error) => fail(messageOf(error)))
    child.on('close', (code) => {
      if (code === 0) return resolve(output)
      fail(`${basename(program)} ended with code ${code}.\n${tellingLines(everything)}`)
    })
  })
}

/** Where errors are named, those lines; otherwise the last ones. */
function tellingLines(output: string): string {
  const lines = output.trim().split('\n')
  const errors = lines.filter((line) => /\b\w*error: /i.test(line))
  return (errors.length > 0 ? errors.slice(0, 3) : lines.slice(-6)).join('\n')
}

/** npm, as the person started it or as it lies on the path. */
export function npm(args: readonly string[], options: RunOptions): Promise<string> {
  const script = process.env.npm_execpath
  return script === undefined
    ? run('npm', args, { ...options, shell: process.platform === 'win32' })
    : run(process.execPath, [script, ...args], options)
}
