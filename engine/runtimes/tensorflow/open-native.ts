/** Loads a native TensorFlow.js package into this process. */
import { createRequire } from 'node:module'
import { messageOf, StudioError } from '../../errors.ts'
import { findNativePackage, type NativePackage } from './addons.ts'
import type { Tensorflow } from './lowering.ts'
import { restoreUtil } from './restore-util.ts'

interface NodeBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version: string }
}

export interface NativeDevice {
  readonly package: NativePackage
  /** Set before the library is loaded, which reads it once; undefined = must not be set. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** oneDNN's kernels, which TensorFlow uses by itself on newer processors only, though they are faster on older ones, too. */
const ONEDNN = { TF_ENABLE_ONEDNN_OPTS: '1' }

export const nativeDevices: Readonly<Record<string, NativeDevice>> = {
  'tensorflow-gpu': { package: '@tensorflow/tfjs-node-gpu', environment: {} },
  'tensorflow-cpu': {
    package: '@tensorflow/tfjs-node',
    // A setting of the person's shell would make another device of it.
    environment: { ...ONEDNN, TF_SET_ONEDNN_FPMATH_MODE: undefined },
  },
  'tensorflow-cpu-bf16': {
    package: '@tensorflow/tfjs-node',
    environment: { ...ONEDNN, TF_SET_ONEDNN_FPMATH_MODE: 'BF16' },
  },
}

export interface OpenedNative {
  readonly tf: Tensorflow
  /** Of the TensorFlow library. */
  readonly version: string
  readonly where: 'the processor' | 'the graphics card'
}

let opened: { readonly id: string; readonly native: OpenedNative } | undefined

/**
 * @param id one of `nativeDevices`
 * @throws StudioError `device` where the package is missing, does not load, does not see the graphics card, or where another
 *   TensorFlow device is open: a process has one library with one setting
 */
export async function openNative(id: string): Promise<OpenedNative> {
  const device = nativeDevices[id]
  if (device === undefined)
    throw new StudioError('not-found', `TensorFlow has no device "${id}".`, 'Choose another device.')
  if (opened?.id === id) return opened.native
  if (opened !== undefined)
    throw new StudioError(
      'device',
      `This process computes on ${opened.id} already, and TensorFlow cannot change its device while it runs.`,
      'Use the other device in a run of its own.',
    )
  const native = await load(id, device)
  opened = { id, native }
  return native
}

async function load(id: string, device: NativeDevice): Promise<OpenedNative> {
  const found = findNativePackage(device.package)
  if (found?.addon === undefined)
    throw new StudioError('device', `${device.package} is not installed.`, `Run ${setupOf(id)}.`)
  // Its messages about the processor's instruction sets are no news to anyone here.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1'
  for (const [name, value] of Object.entries(device.environment)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  restoreUtil()
  let tf: Tensorflow
  try {
    tf = createRequire(import.meta.url)(found.folder)
    await tf.ready()
  } catch (error) {
    throw new StudioError(
      'device',
      `${device.package} does not load: ${messageOf(error)}`,
      `Run ${setupOf(id)} again.`,
      { cause: error },
    )
  }
  const backend = tf.backend() as unknown as NodeBackend
  const onCard = backend.isUsingGpuDevice === true
  if (id === 'tensorflow-gpu' && !onCard)
    throw new StudioError(
      'device',
      'TensorFlow found no graphics card that it can use.',
      'Run npm run setup:cuda -- --check to see what is missing.',
    )
  return {
    tf,
    version: backend.binding.TF_Version,
    where: onCard ? 'the graphics card' : 'the processor',
  }
}

/** The script that installs what a device needs. */
export const setupOf = (id: string): string =>
  id === 'tensorflow-gpu' ? 'npm run setup:cuda' : 'npm run setup:tensorflow'
