/** A fork: a run of its own that begins with a checkpoint of another, with settings of its own. */
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { diskError, StudioError } from '../../../engine/errors.ts'
import { completePlan } from '../../../engine/train/defaults.ts'
import { parsePlan, sortSettings, type TrainPlan } from '../../../engine/train/plan.ts'
import type { forkRequestSchema } from '../../contract/runs.ts'
import type { Store } from '../../store/open-store.ts'
import type { Run } from '../../store/run-record.ts'
import type { RunSpec } from '../create-run.ts'
import type { References } from './references.ts'
import { runCheckpoints, type StoredCheckpoint } from './run-checkpoints.ts'

/** What a fork is made from. @throws StudioError where the run, the checkpoint or the settings do not exist or fit */
export async function forkSpec(
  store: Store,
  references: References,
  request: z.output<typeof forkRequestSchema>,
): Promise<{ spec: RunSpec; checkpoint: StoredCheckpoint }> {
  const parent = store.runs.get(request.id)
  const checkpoint = checkpointOf(store, parent, request.step)
  const of = planOfRun(parent)
  const versionId = request.datasetVersionId ?? parent.datasetVersionId
  const { plan, examples } = sortSettings(request.training)
  const { model: _, modelName: __, data, method, cache: ___, out: ____, resume: _____, ...settings } = of
  const spec: RunSpec = {
    model: await references.model(parent.modelId),
    data: await references.data(versionId),
    datasetVersionId: versionId,
    method,
    choices: (out) => ({
      ...settings,
      ...plan,
      methodConfig: { ...of.methodConfig, ...request.methodConfig },
      startFrom: beginningIn(out),
    }),
    learn: examples.learn === undefined ? data.learn : examples.learn,
    chat: examples.chat === undefined ? data.chat : examples.chat,
    name: request.name || `${parent.name}, from step ${request.step}`,
    lineage: { parentRunId: parent.id, kind: 'fork', step: request.step },
  }
  return { spec, checkpoint }
}

const beginningIn = (out: string): string => join(out, 'start')

/**
 * Copies the checkpoint into the folder of the fork, which then lives on when the other run goes on or is removed.
 * @param out the folder of the fork
 */
export async function copyCheckpoint({ path }: StoredCheckpoint, out: string): Promise<void> {
  const copy = beginningIn(out)
  try {
    await cp(path, copy, { recursive: true })
  } catch (error) {
    await rm(copy, { recursive: true, force: true })
    throw diskError('copy the checkpoint to', copy, error)
  }
}

/** The plan of a run, with what an older studio did not know yet. */
export function planOfRun(run: Run): TrainPlan {
  // `completePlan` fills what is missing and `parsePlan` checks every entry, so the document may be taken for a plan here.
  return parsePlan(completePlan(run.config as TrainPlan))
}

function checkpointOf(store: Store, run: Run, step: number): StoredCheckpoint {
  const checkpoints = runCheckpoints(store, run.id)
  const found = checkpoints.find((checkpoint) => checkpoint.step === step)
  if (found !== undefined) return found
  const there = checkpoints.map((checkpoint) => checkpoint.step).join(', ')
  throw new StudioError(
    'not-found',
    `"${run.name}" has no checkpoint of step ${step}.`,
    there === ''
      ? 'Only runs with checkpoints on the disk can be forked.'
      : `There are checkpoints of the steps ${there}.`,
  )
}
