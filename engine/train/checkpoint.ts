/** Checkpoints: everything that a run needs to go on exactly where it was; written beside, then moved into place. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { diskError, StudioError } from '../errors.ts'
import { writeJsonAtomic } from '../files/atomic.ts'
import { readJsonObject } from '../files/json.ts'
import { openSafetensors, readAllTensors, writeSafetensors } from '../files/safetensors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'

const stateSchema = z.object({
  version: z.literal(1),
  /** Updates done. */
  step: z.number().int().min(0),
  /** Identifies plan, data and model: a checkpoint continues only its own run. */
  fingerprint: z.string(),
  bestValidationLoss: z.number().nullable(),
  bestStep: z.number().int().nullable(),
  evaluationsWithoutGain: z.number().int(),
  usefulTokens: z.number(),
  trainingSeconds: z.number(),
  lastTrainLoss: z.number().nullable(),
  /** Updates that the optimiser had made before the run began (a fork takes them over). */
  optimizerSteps: z.number().int().min(0).default(0),
})

export type CheckpointState = Omit<z.infer<typeof stateSchema>, 'version'>

const name = (step: number): string => `checkpoint-${String(step).padStart(8, '0')}`

/** Writes a checkpoint folder into `dir` and removes all but the newest `keep`; returns its path. */
export async function saveCheckpoint(
  dir: string,
  state: CheckpointState,
  tensors: ReadonlyMap<string, HostTensor>,
  keep: number,
): Promise<string> {
  const path = join(dir, name(state.step))
  const draft = `${path}.${process.pid}.tmp`
  try {
    await mkdir(draft, { recursive: true })
    await writeSafetensors(join(draft, 'state.safetensors'), tensors)
    await writeJsonAtomic(join(draft, 'state.json'), { version: 1, ...state })
    await rm(path, { recursive: true, force: true })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined)
    throw diskError('write the checkpoint', path, error)
  }
  for (const old of (await listCheckpoints(dir)).slice(0, -keep))
    await rm(join(dir, old), { recursive: true, force: true })
  return path
}

/** Names of the finished checkpoints in `dir`, oldest first. */
async function listCheckpoints(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => [])
  return names.filter((n) => /^checkpoint-\d{8}$/.test(n)).sort()
}

/** Path of the newest finished checkpoint in `dir`. */
export async function latestCheckpoint(dir: string): Promise<string | undefined> {
  const newest = (await listCheckpoints(dir)).at(-1)
  return newest === undefined ? undefined : join(dir, newest)
}

export interface Checkpoint {
  readonly path: string
  readonly state: CheckpointState
  readonly tensors: ReadonlyMap<string, HostTensor>
}

/** @throws StudioError('bad-file') where the folder is not a whole checkpoint */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  return {
    path,
    state: await readCheckpointState(path),
    tensors: await readAllTensors(await openSafetensors(join(path, 'state.safetensors'))),
  }
}

/** Where a checkpoint stands, without its tensors. @throws StudioError('bad-file') */
export async function readCheckpointState(path: string): Promise<CheckpointState> {
  const { json } = await readJsonObject(join(path, 'state.json'))
  const parsed = stateSchema.safeParse(json)
  if (!parsed.success)
    throw new StudioError(
      'bad-file',
      `The checkpoint ${path} is damaged: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}.`,
      'Resume from an earlier checkpoint.',
    )
  const { version: _, ...state } = parsed.data
  return state
}
