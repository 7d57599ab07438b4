/** What a run's figures depend on besides its plan: versions and machine. */
import { createRequire } from 'node:module'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { z } from 'zod'
import { packageFile } from '../installation.ts'
import type { RunEnvironment } from '../store/run-record.ts'

const packageSchema = z.object({ version: z.string() })
const load = createRequire(import.meta.url)

/** The machine and versions a run starts on. */
export function runEnvironment(): RunEnvironment {
  return {
    studio: versionOf(packageFile),
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    packages: { 'onnxruntime-node': versionOf('onnxruntime-node/package.json') },
  }
}

function versionOf(packageFile: string): string {
  return packageSchema.parse(load(packageFile)).version
}
