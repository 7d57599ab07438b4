/** Brings node_modules in line with package-lock.json, only when it is not already. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exclusively } from './exclusively.mjs'
import { npm } from './npm.mjs'
import { startProgress } from './progress.mjs'
import { SetupError } from './setup-error.mjs'

const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=http']
const patient = [
  '--prefer-offline',
  '--fetch-retries=3',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
]

/**
 * Install scripts are off but for these. "node" puts Node 24 in place. onnxruntime-node's downloads CUDA from
 * outside the registry: only when asked for with ONNXRUNTIME_NODE_INSTALL=cuda12. better-sqlite3 brings prebuilt
 * binaries, yet npm would start a compiler for it because it finds a binding.gyp.
 */
const cudaAskedFor = !['', 'skip', 'false'].includes(process.env.ONNXRUNTIME_NODE_INSTALL ?? '')
const packagesWithScripts = ['node', ...(cudaAskedFor ? ['onnxruntime-node'] : [])]

/**
 * @param {string} root the project folder
 * @param {string} lockFile kept while packages are being installed
 * @throws {SetupError}
 */
export async function ensurePackages(root, lockFile) {
  const stampFile = join(root, 'node_modules', '.peft-studio-lock')
  const wanted = stampOf(root)
  if (isInstalled(stampFile, wanted)) return
  try {
    accessSync(root, constants.W_OK)
    await exclusively(lockFile, async () => {
      if (isInstalled(stampFile, wanted)) return
      await install(root)
      writeFileSync(stampFile, wanted)
    })
  } catch (error) {
    throw error instanceof SetupError ? error : diskSentence(root, error)
  }
}

/** What node_modules must have been made from: this lock file, on this kind of machine, with or without CUDA. */
function stampOf(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return `${lock} ${process.platform}-${process.arch}${cudaAskedFor ? ' cuda' : ''}\n`
}

function isInstalled(stampFile, wanted) {
  try {
    const found = readFileSync(stampFile, 'utf8')
    // What was installed with CUDA also serves where CUDA is not asked for.
    return found === wanted || found === wanted.replace(/\n$/, ' cuda\n')
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
    throw error
  }
}

async function install(root) {
  const total = packagesForThisMachine(root)
  const progress = startProgress('Installing packages')
  let fetched = 0
  try {
    await npm(root, ['ci', '--ignore-scripts', ...quiet, ...patient], (line) => {
      if (/^npm http .*\.tgz/.test(line)) fetched += 1
      progress.detail(`${Math.min(fetched, total)} of ${total}`)
    })
    progress.detail('Node 24')
    await npm(root, ['rebuild', '--ignore-scripts=false', ...quiet, ...packagesWithScripts], () => {})
    checkNode(root)
    progress.end('done')
  } catch (error) {
    progress.end('failed')
    throw error
  }
}

function packagesForThisMachine(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const fits = (allowed, mine) => allowed === undefined || allowed.includes(mine)
  return Object.entries(packages).filter(
    ([path, entry]) => path !== '' && fits(entry.os, process.platform) && fits(entry.cpu, process.arch),
  ).length
}

function checkNode(root) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (stdout?.startsWith('v24.')) return
  throw new SetupError(
    `Node 24 was installed but does not start here: ${error?.message ?? `it says "${stdout.trim()}"`}.`,
    'Delete node_modules and try again; on an unusual system install Node 24 yourself.',
  )
}

function diskSentence(root, error) {
  const reasons = {
    ENOSPC: ['the disk is full', 'Free about 1.5 GB and try again.'],
    EROFS: ['the folder is read-only', 'Clone the project into a folder you may write to.'],
    EACCES: ['permission was denied', 'Clone the project into a folder you may write to.'],
    ENOENT: ['package-lock.json is missing', 'Restore it with "git checkout package-lock.json".'],
  }
  const [why, hint] = reasons[error.code] ?? [error.message, 'Try again.']
  return new SetupError(`Cannot install the packages in ${root}: ${why}.`, hint)
}
