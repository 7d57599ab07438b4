/**
 * Installs the parts of both runtimes that compute on NVIDIA's cards, and says what is missing. Linux and Windows, x64.
 *
 *   npm run setup:cuda -- [--check] [--anyway]
 *
 * --check   looks only; ends with code 1 where something is missing
 * --anyway  installs where no driver is found, too (an image for another machine)
 */
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { readFlags, runScript } from '../../command-flags.ts'
import { StudioError } from '../../errors.ts'
import { addonsFolder } from '../tensorflow/addons.ts'
import { driverPart, onnxParts, type Part, partLines, tensorflowParts } from './cuda-parts.ts'
import { installSources } from './native-addon.ts'
import { run } from './run.ts'
import { tryDevice } from './try-device.ts'

const flags = {
  check: { type: 'boolean', default: false },
  anyway: { type: 'boolean', default: false },
} as const

const say = (text: string) => console.log(text)

const blocked =
  'The file comes from outside the package registry. Where that is blocked, run this on a machine with access and copy the folder, or use the device webgpu, which needs nothing.'

/** Fetches the provider's library with ONNX Runtime's own script, about 300 MB. */
async function installOnnxPart(): Promise<void> {
  const script = join(
    dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
    'script/install.js',
  )
  say('Fetching the CUDA part of ONNX Runtime')
  await run(process.execPath, [script, '--onnxruntime-node-install=cuda12'], {
    purpose: 'fetch the CUDA part of ONNX Runtime',
    hint: blocked,
  })
}

/** Installs the package and fetches TensorFlow's library with its own script, about 400 MB. */
async function installTensorflowPart(): Promise<void> {
  const addons = addonsFolder()
  say(`Installing @tensorflow/tfjs-node-gpu into ${addons}`)
  const { folder } = await installSources('@tensorflow/tfjs-node-gpu', addons)
  const tools = join(addons, 'node_modules/.bin')
  say('Fetching the TensorFlow library')
  await run(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: folder,
    env: { PATH: `${tools}${delimiter}${process.env.PATH}` },
    purpose: 'fetch the TensorFlow library for graphics cards',
    hint: blocked,
  })
}

/** Installs what is missing and can be installed; a part that fails does not keep the other from being tried. */
async function install(): Promise<void> {
  const wanted: (() => Promise<void>)[] = []
  if (onnxParts()[0]?.present === false) wanted.push(installOnnxPart)
  if (!tensorflowParts()[0]!.present) wanted.push(installTensorflowPart)
  for (const one of wanted) {
    try {
      await one()
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      say(`${error.message}\n${error.hint}`)
    }
  }
}

async function main(): Promise<void> {
  const { check, anyway } = readFlags(flags)
  if (!['linux x64', 'win32 x64'].includes(`${process.platform} ${process.arch}`))
    throw new StudioError(
      'unsupported',
      `CUDA is used on Linux and Windows with an x64 processor, and this is ${process.platform} ${process.arch}.`,
      'Use the device webgpu or cpu.',
    )
  const driver = await driverPart()
  if (!check && (driver.present || anyway)) await install()
  const parts: Part[] = [driver, ...onnxParts(), ...tensorflowParts()]
  for (const part of parts) say(partLines(part))
  if (!check && !driver.present && !anyway) say('Nothing was installed, because there is no driver.')
  const complete = parts.every((part) => part.present)
  const devices = { cuda: onnxParts(), 'tensorflow-gpu': tensorflowParts() }
  for (const [id, needed] of Object.entries(devices))
    if (driver.present && needed.length > 0 && needed.every((part) => part.present))
      say(await tryDevice(id, addonsFolder()))
  if (!complete) process.exitCode = 1
}

await runScript(main)
