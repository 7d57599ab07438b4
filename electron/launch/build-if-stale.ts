/** Builds the page, or everything for the desktop, where the sources have changed since. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StudioError } from '../../engine/errors.ts'
import { isUpToDate, outputs } from '../build/stamp.ts'
import type { TextOutput } from '../cli/output.ts'

/** The page alone is all that the headless studio needs. */
export async function buildPageIfStale(root: string, stderr: TextOutput): Promise<void> {
  if (isUpToDate(root, 'page')) return
  const output = join(root, outputs.page)
  // Beside its place first: a studio that runs keeps its page until the new one is complete.
  const fresh = `${output}-${process.pid}`
  stderr.write('Building the window (a few seconds, only after a change).\n')
  try {
    const config = join(root, 'renderer.vite.config.ts')
    await build(root, 'vite/bin/vite.js', ['build', '-c', config, '--outDir', fresh, '--emptyOutDir'])
    await rm(output, { recursive: true, force: true })
    await rename(fresh, output)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

export async function buildDesktopIfStale(root: string, stderr: TextOutput): Promise<void> {
  if (isUpToDate(root, 'page') && isUpToDate(root, 'desktop')) return
  stderr.write('Building the application (a few seconds, only after a change).\n')
  await build(root, 'electron-vite/bin/electron-vite.js', ['build'])
}

/** @throws StudioError `internal` with what the build said */
async function build(root: string, tool: string, args: readonly string[]): Promise<void> {
  const script = join(root, 'node_modules', tool)
  if (!existsSync(script)) {
    const hint = 'Run "npm install" in the project folder and start again.'
    throw new StudioError('not-found', `The build tool ${script} is not installed.`, hint)
  }
  const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text))
  }
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  if (code === 0) return
  throw new StudioError(
    'internal',
    `The window could not be built:\n${said.join('').trim()}`,
    'Mend that and start again.',
  )
}
