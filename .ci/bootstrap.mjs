/**
 * Makes a fresh clone ready: installs what is missing and nothing else. Needs only Node >= 20 and npm, no packages.
 *
 *   node .ci/bootstrap.mjs [--chromium]
 *
 * Run it from an npm script of its own (`prestart`, `pretest`): a shell remembers where it first found `node`,
 * so only the next shell sees the Node 24 that this installs into node_modules/.bin.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './bootstrap/chromium.mjs'
import { ensurePackages } from './bootstrap/packages.mjs'
import { SetupError } from './bootstrap/setup-error.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

try {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(
      `Node ${process.versions.node} is too old.`,
      'Install Node 20 or newer and try again.',
    )
  }
  await ensurePackages(root, join(root, '.cache', 'bootstrap.lock'))
  if (process.argv.includes('--chromium')) await ensureChromium()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`${error.message}\n${error.hint}\n`)
  process.exitCode = 1
}
