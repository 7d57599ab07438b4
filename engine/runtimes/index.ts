/** The registry of runtimes and the devices they reach. */
import { StudioError } from '../errors.ts'
import { onnxRuntime } from './onnx/index.ts'
import type { Device, DeviceInfo, Runtime } from './runtime.ts'

export type * from './runtime.ts'

export const runtimes: readonly Runtime[] = [onnxRuntime]

/** The device that every machine has, and against which the others are checked. */
export const REFERENCE_DEVICE = 'cpu'

/** Every device that any runtime knows of, available or not. */
export async function listDevices(): Promise<DeviceInfo[]> {
  return (await Promise.all(runtimes.map((runtime) => runtime.devices()))).flat()
}

/**
 * Loads the library of a device.
 * @throws StudioError `not-found` where no runtime knows it, `device` where it is not available or fails to open
 */
export async function openDevice(id: string = REFERENCE_DEVICE): Promise<Device> {
  for (const runtime of runtimes) {
    const info = (await runtime.devices()).find((device) => device.id === id)
    if (info?.available) return runtime.open(id)
    if (info !== undefined)
      throw new StudioError(
        'device',
        `${info.title} is not available: ${info.detail}.`,
        'Choose another device.',
      )
  }
  const known = (await listDevices()).map((device) => device.id)
  throw new StudioError('not-found', `There is no device "${id}".`, `Devices: ${known.join(', ')}.`)
}
