/** Where the native TensorFlow.js packages lie: in the project's own node_modules or in the add-ons folder. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** The version of TensorFlow.js that the lowerings are checked against. */
export const TENSORFLOW_JS = '4.22.0'

export type NativePackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'

/** What the setup scripts install, outside the project so that a packaged studio finds it too. */
export function addonsFolder(): string {
  return process.env.PEFT_STUDIO_ADDONS || join(homedir(), '.peft-studio', 'addons')
}

export interface FoundPackage {
  readonly folder: string
  readonly version: string
  /** The compiled part; undefined where it was neither fetched nor built. */
  readonly addon: string | undefined
}

/** Looks for a package without loading it; undefined where it is not installed. */
export function findNativePackage(name: NativePackage, addons = addonsFolder()): FoundPackage | undefined {
  for (const from of [import.meta.url, join(addons, 'package.json')]) {
    const manifest = resolved(from, `${name}/package.json`)
    if (manifest === undefined) continue
    const { version, binary } = JSON.parse(readFileSync(manifest, 'utf8'))
    const folder = dirname(manifest)
    // Node-API is stable: the newest version that both sides know is taken.
    const known = (binary.napi_versions as number[]).filter((v) => v <= Number(process.versions.napi))
    const addon = join(folder, `lib/napi-v${Math.max(...known)}`, `${binary.module_name}.node`)
    return { folder, version, addon: existsSync(addon) ? addon : undefined }
  }
  return undefined
}

function resolved(from: string, id: string): string | undefined {
  try {
    return createRequire(from).resolve(id)
  } catch {
    // Not installed there.
    return undefined
  }
}
