/** WebGPU for tests: the graphics card of this machine, or else a software renderer. */
import { listDevices, openDevice } from '../runtimes/index.ts'
import { GpuDevice } from '../runtimes/onnx/gpu/gpu-device.ts'
import { FOLDERS, swiftShaderFolder, useSoftwareVulkan } from './software-vulkan.ts'

/** The graphics card of this machine, or else SwiftShader; undefined where there is neither, so that tests skip. */
export async function openWebgpu(): Promise<GpuDevice | undefined> {
  const there = (await listDevices()).some(({ id, available }) => id === 'webgpu' && available)
  if (!there && swiftShaderFolder === undefined) return undefined
  if (!there) useSoftwareVulkan(swiftShaderFolder!)
  const device = await openDevice('webgpu')
  if (!(device instanceof GpuDevice)) throw new Error('webgpu is no device whose buffers can be counted')
  return device
}

/** Whether `openWebgpu` opened SwiftShader. */
export const isSwiftShader = (): boolean => /swiftshader/.test(process.env.VK_ICD_FILENAMES ?? '')

/** For tests that skip. */
export const NO_WEBGPU = `There is no graphics card, and no SwiftShader (package chromium) in ${FOLDERS.join(', ')}.`
