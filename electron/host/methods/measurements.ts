/** What has been measured on this machine: one small file per choice, since a measurement holds as long as nothing changes. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import { type Measurement, measurementSchema } from '../../contract/devices.ts'
import { runEnvironment } from '../run-environment.ts'

export class Measurements {
  readonly #dir: string

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'cache', 'measurements')
  }

  /** Undefined where nothing is known, or what is there cannot be read. */
  async get(key: string): Promise<Measurement | undefined> {
    const path = this.#path(key)
    if (!existsSync(path)) return undefined
    const result = measurementSchema.safeParse((await readJsonObject(path)).json)
    return result.success ? result.data : undefined
  }

  async put(key: string, measurement: Measurement): Promise<void> {
    await mkdir(this.#dir, { recursive: true })
    await writeJsonAtomic(this.#path(key), measurement)
  }

  #path(key: string): string {
    return join(this.#dir, `${key}.json`)
  }
}

/**
 * Names everything that the time of a step depends on.
 * @param plan with the device that was, or would be, measured
 * @param fingerprint of the model's files @param versionId of the data
 */
export function measurementKey(plan: TrainPlan, fingerprint: string, versionId: string): string {
  const { method, methodConfig, batch, length, packing, gradientAccumulation } = plan
  const { device, weights, profile, recompute, threads, maxGradientNorm, data } = plan
  const { studio, cpu, cores, packages } = runEnvironment()
  const parts = [
    fingerprint,
    versionId,
    data.learn,
    data.chat,
    method,
    Object.entries(methodConfig).sort(([a], [b]) => (a < b ? -1 : 1)),
    [batch, length, packing, gradientAccumulation],
    [device, weights, profile, recompute, threads, maxGradientNorm !== null],
    [studio, cpu, cores, packages],
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

/** Seconds of a whole run: opening, judging the base, all steps, all evaluations. */
export function runSeconds(
  { millisecondsPerStep, millisecondsPerEvaluationBatch, startSeconds }: Measurement,
  { steps, evaluateEvery }: Pick<TrainPlan, 'steps' | 'evaluateEvery'>,
  validationBatches: number,
): number {
  const along = evaluateEvery === 0 ? 0 : Math.floor((steps - 1) / evaluateEvery)
  // The base before the first step, along the way, and after the last step.
  const evaluations = 2 + along
  const each = ((millisecondsPerEvaluationBatch ?? 0) / 1000) * validationBatches
  return startSeconds + (steps * millisecondsPerStep) / 1000 + evaluations * each
}
