/**
 * A sustained run on WebGPU: whether resident memory and the number of buffers on the device stay what they were. On a machine
 * without a graphics card it runs on SwiftShader, about a quarter of a second a step.
 *
 *   node --expose-gc bench/webgpu-leak.ts [--steps 500] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Batch } from '../engine/data/batch.ts'
import { writeRandomModel } from '../engine/files/random-model.ts'
import { parseFields } from '../engine/methods/fields.ts'
import { findMethod } from '../engine/methods/index.ts'
import { openModel } from '../engine/models/load.ts'
import { NO_WEBGPU, openWebgpu } from '../engine/testing/webgpu.ts'
import { TrainingSession } from '../engine/train/session.ts'
import { memoryOf } from './memory.ts'

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '500' }, json: { type: 'boolean', default: false } },
})
const steps = Number(values.steps)

export interface Sampled {
  readonly step: number
  readonly residentBytes: number
  readonly buffers: number
  readonly loss: number
}

const config = {
  model_type: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  vocab_size: 96,
  n_embd: 32,
  n_layer: 1,
  n_head: 2,
  n_positions: 64,
}

function batch(): Batch {
  const [rows, length] = [1, 16]
  const ints = (of: (i: number) => number) => Int32Array.from({ length: rows * length }, (_, i) => of(i))
  return {
    rows,
    length,
    labelSlots: length,
    inputIds: ints((i) => (i * 7) % 96),
    virtual: ints(() => 0),
    positions: ints((i) => i),
    segments: ints(() => 1),
    labelPositions: ints((i) => i),
    labelIds: ints((i) => ((i + 1) * 7) % 96),
    labelWeights: new Float32Array(length).fill(1),
    labelCount: length,
    tokenCount: length,
    exampleCount: 1,
  }
}

async function sustained(dir: string): Promise<Sampled[]> {
  await writeRandomModel(dir, config)
  const device = await openWebgpu()
  if (device === undefined) throw new Error(NO_WEBGPU)
  const method = findMethod('lora')
  const session = new TrainingSession({
    device,
    loaded: await openModel(dir),
    method,
    config: parseFields('lora', method.fields, {}),
    maxGradientNorm: 1,
  })
  await session.initialise(1)
  const sampled: Sampled[] = []
  for (let step = 1; step <= steps; step++) {
    const { loss } = await session.step([batch()], { step, learningRate: 1e-3, weightDecay: 0 })
    if (step % Math.ceil(steps / 10) !== 0) continue
    globalThis.gc?.()
    const memory = memoryOf(process.pid)
    const residentBytes = memory ? memory.anonymousBytes + memory.fileBytes : process.memoryUsage().rss
    sampled.push({ step, residentBytes, buffers: device.buffers, loss })
  }
  await session.dispose()
  if (device.buffers !== 0) throw new Error(`${device.buffers} buffers were left behind`)
  return sampled
}

const dir = await mkdtemp(join(tmpdir(), 'bench-webgpu-'))
try {
  const sampled = await sustained(dir)
  if (values.json) console.log(JSON.stringify(sampled))
  else
    for (const { step, residentBytes, buffers, loss } of sampled)
      console.log(
        `step ${step}: ${(residentBytes / 2 ** 20).toFixed(1)} MiB, ${buffers} buffers, loss ${loss.toFixed(4)}`,
      )
} finally {
  await rm(dir, { recursive: true })
}
