/** The registry of runtimes. */
import { onnxRuntime } from './onnx/onnx-runtime.ts'
import type { DeviceInfo, Runtime } from './runtime.ts'

export type * from './runtime.ts'

export const runtimes: readonly Runtime[] = [onnxRuntime]

/** The runtime used where nothing else is asked for. */
export const defaultRuntime: Runtime = onnxRuntime

/** Every device that any runtime knows of, available or not. */
export async function listDevices(): Promise<DeviceInfo[]> {
  return (await Promise.all(runtimes.map((runtime) => runtime.devices()))).flat()
}
