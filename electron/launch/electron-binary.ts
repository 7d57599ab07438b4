/** Electron's program: its npm package carries none, it is fetched once, from outside the registry. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { TextOutput } from '../cli/output.ts'

const limitMs = 90_000

/** What to do to try again after it could not be fetched. */
export const fetchByHand = 'npx install-electron'

/** @returns undefined when it has not been fetched */
export function electronBinary(root: string): string | undefined {
  const folder = join(root, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

/** Fetches it, once per version: where that failed, later starts do not wait for it again. */
export async function fetchElectron(root: string, stderr: TextOutput): Promise<string | undefined> {
  const script = join(root, 'node_modules/electron/install.js')
  if (!existsSync(script)) return undefined
  const triedFile = join(root, '.cache', `electron-${versionOf(root)}.tried`)
  if (existsSync(triedFile)) return undefined
  mkdirSync(dirname(triedFile), { recursive: true })
  writeFileSync(triedFile, '')
  stderr.write('Fetching Electron (about 120 MB, once).\n')
  const child = spawn(process.execPath, [script], { cwd: dirname(script), stdio: 'ignore', timeout: limitMs })
  await new Promise((resolve) => child.on('error', resolve).on('close', resolve))
  return electronBinary(root)
}

function versionOf(root: string): string {
  const { version }: { version: string } = createRequire(import.meta.url)(
    join(root, 'node_modules/electron/package.json'),
  )
  return version
}
