/** SwiftShader, the software renderer that Debian's chromium brings along with a Vulkan loader: Vulkan without a graphics card. */
import { existsSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

export const FOLDERS = [
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

/**
 * Makes a software driver the only one of this process and of those that it starts. It is named in the environment, which child
 * processes inherit; this process loads the loader itself, because the dynamic linker read its search path when the process began.
 *
 * @param manifest of the driver, with `swiftshader` in its name
 */
export function useSoftwareVulkan(folder: string, manifest = join(folder, MANIFEST)): void {
  Object.assign(process.env, {
    VK_ICD_FILENAMES: manifest,
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH ?? []].flat().join(':'),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
  })
  try {
    process.dlopen({ exports: {} }, join(folder, LOADER), constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch (error) {
    // It is loaded, and is no module of Node.
    if (!String(error).includes('did not self-register')) throw error
  }
}
