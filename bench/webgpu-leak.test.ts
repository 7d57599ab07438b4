/** A hundred steps on WebGPU leave no buffer behind and take no more memory than the first. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { swiftShaderFolder } from '../engine/testing/software-vulkan.ts'
import { NO_WEBGPU } from '../engine/testing/webgpu.ts'

const schema = z.array(
  z.object({ step: z.number(), residentBytes: z.number(), buffers: z.number(), loss: z.number() }),
)

test.skipIf(swiftShaderFolder === undefined)(
  swiftShaderFolder === undefined ? NO_WEBGPU : 'a sustained run',
  async () => {
    const program = join(import.meta.dirname, 'webgpu-leak.ts')
    const args = ['--expose-gc', program, '--steps', '100', '--json']
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const sampled = schema.parse(JSON.parse(stdout))
    expect(sampled.length).toBe(10)
    expect(new Set(sampled.map(({ buffers }) => buffers)).size).toBe(1)
    // Caches of the library fill up in the first steps.
    const [early, last] = [sampled[4]!, sampled.at(-1)!]
    expect(last.residentBytes).toBeLessThan(1.02 * early.residentBytes)
    expect(last.loss).toBeLessThan(sampled[0]!.loss)
  },
  600_000,
)
