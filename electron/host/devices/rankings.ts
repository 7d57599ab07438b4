/** What was measured about devices on this machine: `devices.json` of the data folder, one ranking per workload. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import type { DeviceInfo } from '../../../engine/runtimes/index.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import { type Ranking, rankingSchema } from '../../contract/devices.ts'
import { runEnvironment } from '../run-environment.ts'

const fileSchema = z.object({ version: z.literal(1), rankings: z.record(z.string(), rankingSchema) })
type Rankings = z.infer<typeof fileSchema>['rankings']

/** Older ones are forgotten. */
const KEPT = 200

/**
 * Names what the order of devices depends on: model, method, shape, precision, versions, and which devices there are. Where
 * any of it changes, devices are measured again. Settings of the method count as one: they change all devices alike.
 * @param fingerprint of the model's files @param limitBytes that the person allows; null = all there is
 */
export function rankingKey(
  plan: TrainPlan,
  fingerprint: string,
  candidates: readonly DeviceInfo[],
  limitBytes: number | null,
): string {
  const { method, batch, length, packing, gradientAccumulation, weights, profile, recompute, threads } = plan
  const { studio, cpu, cores, packages } = runEnvironment()
  const parts = [
    [fingerprint, method, batch, length, packing, gradientAccumulation],
    [weights, profile, recompute, threads, limitBytes],
    [studio, cpu, cores, packages],
    candidates.map(({ id, driver }) => [id, driver]),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

/** All rankings by key; a damaged file counts as none: measuring again replaces it. */
export async function readRankings(dataDir: string): Promise<Rankings> {
  const path = pathOf(dataDir)
  if (!existsSync(path)) return {}
  try {
    return fileSchema.safeParse((await readJsonObject(path)).json).data?.rankings ?? {}
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-file') return {}
    throw error
  }
}

export async function rememberRanking(dataDir: string, key: string, ranking: Ranking): Promise<void> {
  const all = Object.entries({ ...(await readRankings(dataDir)), [key]: ranking })
  const newest = all.sort(([, a], [, b]) => b.measuredAt - a.measuredAt).slice(0, KEPT)
  await writeJsonAtomic(pathOf(dataDir), { version: 1, rankings: Object.fromEntries(newest) })
}

const pathOf = (dataDir: string): string => join(dataDir, 'devices.json')
