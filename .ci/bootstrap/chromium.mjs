/** Finds a Chromium for the window tests or installs Debian's; without one the tests that need it say so. */
import { execFile } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { startProgress } from './progress.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Installs Debian's chromium when there is no browser and that is possible; never fails. */
export async function ensureChromium() {
  if (findChromium() !== undefined) return
  if (!canInstall()) {
    const hint = 'Install it with "sudo apt-get install chromium", or set CHROMIUM_PATH to a browser.'
    process.stderr.write(`No Chromium was found, so the window tests will be skipped. ${hint}\n`)
    return
  }
  const progress = startProgress("Installing Debian's chromium")
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    try {
      await promisify(execFile)('apt-get', ['-q', ...args], { env, maxBuffer: Infinity })
    } catch (error) {
      progress.end('failed')
      const last = (error.stderr || error.message).trim().split('\n').at(-1)
      process.stderr.write(`The window tests will be skipped: "apt-get ${args[0]}" failed. ${last}\n`)
      return
    }
  }
  progress.end('done')
}

/** @returns {string | undefined} path of a Chromium: CHROMIUM_PATH, or the first known name on PATH */
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [process.env.CHROMIUM_PATH, ...files].find((file) => file && isExecutable(file))
}

function canInstall() {
  if (process.getuid?.() !== 0) return false
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false // no such file: not Debian
  }
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
