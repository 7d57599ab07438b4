/**
 * WebGPU without a graphics card, for tests: SwiftShader, the software renderer that Debian's chromium brings along with a
 * Vulkan loader. Both are named in the environment, which child processes inherit; this process loads the loader itself, because
 * the dynamic linker read its search path when the process began.
 */
import { existsSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { listDevices, openDevice } from '../runtimes/index.ts'
import { GpuDevice } from '../runtimes/onnx/gpu/gpu-device.ts'

const FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/chromium.org/chromium',
]
const MANIFEST = 'vk_swiftshader_icd.json'
const LOADER = 'libvulkan.so.1'
/** Not in node:os: the library stays although it registers no module. */
const RTLD_NODELETE = 0x1000

/** The folder that holds manifest and loader; undefined = this machine has no SwiftShader that could be used. */
export const swiftShaderFolder: string | undefined =
  process.platform === 'linux' && process.arch === 'x64'
    ? FOLDERS.find((folder) => [MANIFEST, LOADER].every((name) => existsSync(join(folder, name))))
    : undefined

/** What a process needs in its environment. */
function swiftShaderEnvironment(folder: string): Record<string, string> {
  return {
    VK_ICD_FILENAMES: join(folder, MANIFEST),
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH ?? []].flat().join(':'),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  }
}

/** The graphics card of this machine, or else SwiftShader; undefined where there is neither, so that tests skip. */
export async function openWebgpu(): Promise<GpuDevice | undefined> {
  const cards = (await listDevices()).filter(({ id, available }) => id === 'webgpu' && available)
  if (cards.length === 0 && !useSwiftShader()) return undefined
  const device = await openDevice('webgpu')
  if (!(device instanceof GpuDevice)) throw new Error('webgpu is no device whose buffers can be counted')
  return device
}

/** Whether `openWebgpu` opened SwiftShader. */
export const isSoftware = (): boolean => /swiftshader/.test(process.env.VK_ICD_FILENAMES ?? '')

/** @returns whether this process can use it now */
function useSwiftShader(): boolean {
  if (swiftShaderFolder === undefined) return false
  Object.assign(process.env, swiftShaderEnvironment(swiftShaderFolder))
  try {
    const loader = join(swiftShaderFolder, LOADER)
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch (error) {
    // It is loaded, and is no module of Node.
    if (!String(error).includes('did not self-register')) throw error
  }
  return true
}

/** For tests that skip. */
export const NO_WEBGPU = `There is no graphics card, and no SwiftShader (package chromium) in ${FOLDERS.join(', ')}.`
