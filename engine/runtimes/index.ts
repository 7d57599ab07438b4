/** The registry of runtimes and the devices they reach. */
import { StudioError } from '../errors.ts'
import { loadExtraRuntimes } from './extra-runtimes.ts'
import { onnxRuntime } from './onnx/index.ts'
import type { Device, DeviceInfo, Runtime } from './runtime.ts'
import { tensorflowRuntime } from './tensorflow/index.ts'

export type * from './runtime.ts'

/** The runtimes of the studio, and those that a developer tries out (see extra-runtimes.ts). */
export const runtimes: readonly Runtime[] = [onnxRuntime, tensorflowRuntime, ...(await loadExtraRuntimes())]

/** The device that every machine has, and against which the others are checked. */
export const REFERENCE_DEVICE = 'cpu'

/** Every device that any runtime knows of, available or not. */
export async function listDevices(): Promise<DeviceInfo[]> {
  return (await Promise.all(runtimes.map((runtime) => runtime.devices()))).flat()
}

/**
 * A device that can be opened, before anything is loaded.
 * @throws StudioError `not-found` where no runtime knows it, `device` where it is not available
 */
export async function findDevice(id: string): Promise<DeviceInfo> {
  return (await lookUp(id)).info
}

/**
 * Loads the library of a device.
 * @throws StudioError as `findDevice`, and `device` where it fails to open
 */
export async function openDevice(id: string = REFERENCE_DEVICE): Promise<Device> {
  return (await lookUp(id)).runtime.open(id)
}

async function lookUp(id: string): Promise<{ runtime: Runtime; info: DeviceInfo }> {
  const known: string[] = []
  for (const runtime of runtimes) {
    const devices = await runtime.devices()
    const info = devices.find((device) => device.id === id)
    if (info?.available) return { runtime, info }
    if (info !== undefined)
      throw new StudioError(
        'device',
        `${info.title} is not available: ${info.detail}.`,
        'Choose another device.',
      )
    known.push(...devices.map((device) => device.id))
  }
  throw new StudioError('not-found', `There is no device "${id}".`, `Devices: ${known.join(', ')}.`)
}
