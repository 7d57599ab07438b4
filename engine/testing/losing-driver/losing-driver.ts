/** A graphics card that is lost when a test says so: SwiftShader behind a driver of our own, compiled when it is needed. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { swiftShaderFolder, useSoftwareVulkan } from '../software-vulkan.ts'

export interface LosingDriver {
  /** From now on every process that uses the card has lost it. */
  lose(): void
  /** The card is back for whoever opens it anew. */
  bringBack(): void
  /** Deletes what was compiled. */
  remove(): void
}

/** Makes it the only driver of this process and of those that it starts; undefined where it cannot be had, so that tests skip. */
export function useLosingDriver(): LosingDriver | undefined {
  if (swiftShaderFolder === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'losing-driver-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const library = join(folder, 'libvk_losing.so')
  try {
    const source = join(import.meta.dirname, 'losing-driver.c')
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { stdio: 'pipe' })
  } catch (error) {
    remove()
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const manifest = join(folder, 'losing_swiftshader_icd.json')
  const ICD = { library_path: library, api_version: '1.1.0' }
  writeFileSync(manifest, JSON.stringify({ file_format_version: '1.0.0', ICD }))
  const when = join(folder, 'lost')
  process.env.LOSING_DRIVER_OF = join(swiftShaderFolder, 'libvk_swiftshader.so')
  process.env.LOSING_DRIVER_WHEN = when
  useSoftwareVulkan(swiftShaderFolder, manifest)
  return {
    lose: () => writeFileSync(when, ''),
    bringBack: () => rmSync(when, { force: true }),
    remove,
  }
}

/** For tests that skip. */
export const NO_LOSING_DRIVER = 'There is no SwiftShader (package chromium), or no C compiler (cc).'
