/**
 * Makes the device `tensorflow-cpu`: builds the native part of TensorFlow.js against the library in TensorFlow's Python wheel.
 *
 *   npm run setup:tensorflow -- [--wheel FILE] [--index-url URL] [--addons FOLDER]
 *
 * --wheel      a wheel of tensorflow-cpu 2.21 that is already here; otherwise pip fetches it (about 270 MB)
 * --index-url  of the package index that pip asks
 * --addons     where it is installed, instead of PEFT_STUDIO_ADDONS or ~/.peft-studio/addons (takes about 1.2 GB)
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readFlags, runScript } from '../../command-flags.ts'
import { diskError, StudioError } from '../../errors.ts'
import { addonsFolder, findNativePackage } from '../tensorflow/addons.ts'
import { compileAddon, installSources, unpackLibrary } from './native-addon.ts'
import { tryDevice } from './try-device.ts'
import { downloadWheel } from './wheel.ts'

const NEEDED_BYTES = 1.8e9

const flags = {
  wheel: { type: 'string' },
  'index-url': { type: 'string' },
  addons: { type: 'string' },
} as const

function checkPlatform(): void {
  if (process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)) return
  throw new StudioError(
    'unsupported',
    `The TensorFlow library in the Python wheel can be linked with on Linux only, and this is ${process.platform} ${process.arch}.`,
    `Install the package with its own download instead: npm install --prefix "${addonsFolder()}" @tensorflow/tfjs-node@4.22.0 (there are no files for ARM processors).`,
  )
}

async function checkRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= NEEDED_BYTES) return
  throw new StudioError(
    'disk',
    `${folder} has ${((bavail * bsize) / 1e9).toFixed(1)} GB left, and the build needs ${NEEDED_BYTES / 1e9} GB.`,
    'Free some space, or choose another folder with --addons FOLDER.',
  )
}

const say = (text: string) => console.log(text)

async function main(): Promise<void> {
  const { wheel, 'index-url': indexUrl, addons = addonsFolder() } = readFlags(flags)
  checkPlatform()
  if (wheel !== undefined && !existsSync(wheel))
    throw new StudioError('not-found', `There is no file ${wheel}.`, 'Check the path for typing mistakes.')
  const folder = resolve(addons)
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw diskError('make', folder, error)
  }
  await checkRoom(folder)
  say(`Installing @tensorflow/tfjs-node into ${folder}`)
  const { folder: sources } = await installSources('@tensorflow/tfjs-node', folder)
  const scratch = await mkdtemp(join(folder, 'wheel-'))
  try {
    if (wheel === undefined) say('Fetching the TensorFlow library with pip (about 270 MB)')
    const file = wheel === undefined ? await downloadWheel(scratch, indexUrl) : resolve(wheel)
    say(`Unpacking the library from ${file}`)
    await unpackLibrary(file, sources).catch((error: unknown) => {
      throw diskError('read', file, error)
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  say('Compiling')
  await compileAddon(sources)
  say(await tryDevice('tensorflow-cpu', folder))
  if (findNativePackage('@tensorflow/tfjs-node', addonsFolder()) === undefined)
    say(`Set PEFT_STUDIO_ADDONS=${folder} where the studio starts, so that it looks there.`)
}

await runScript(main)
