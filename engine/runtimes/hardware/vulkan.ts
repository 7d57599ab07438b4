/** What Vulkan finds on Linux: its loader, and the drivers that are registered with it. */
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { findLibrary } from './libraries.ts'

const FOLDERS = [
  '/etc/vulkan/icd.d',
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  join(homedir(), '.local/share/vulkan/icd.d'),
]

export interface VulkanDrivers {
  /** Whether libvulkan is there. */
  readonly loader: boolean
  /** Whether someone has named the drivers in the environment, which then are the only ones. */
  readonly named: boolean
  /** Manifests of drivers for graphics cards. */
  readonly hardware: readonly string[]
  /** Manifests of drivers that compute on the processor. */
  readonly software: readonly string[]
}

const isSoftware = (manifest: string): boolean =>
  /lvp|lavapipe|llvmpipe|swiftshader/i.test(basename(manifest))

export function vulkanDrivers(): VulkanDrivers {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES } = process.env
  const named = VK_DRIVER_FILES || VK_ICD_FILENAMES
  const manifests = named ? named.split(delimiter) : FOLDERS.flatMap(listed)
  return {
    loader: findLibrary('libvulkan.so.1') !== undefined,
    named: Boolean(named),
    hardware: manifests.filter((path) => !isSoftware(path)),
    software: manifests.filter(isSoftware),
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
