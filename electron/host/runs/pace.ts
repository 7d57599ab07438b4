/** How long a planned run will take, from what earlier runs of the same model and method took. */
import type { TrainPlan } from '../../../engine/train/plan.ts'
import type { RunPreview } from '../../contract/runs.ts'
import type { Store } from '../../store/open-store.ts'
import type { Run } from '../../store/run-record.ts'
import { planOfRun } from './fork.ts'

/** Fewer steps say little: the first ones are slower. */
const fewestSteps = 8
const runsLookedAt = 3

/** What decides the time of a step besides model and method. */
const shapeKeys = [
  'batch',
  'length',
  'packing',
  'gradientAccumulation',
  'device',
  'weights',
  'profile',
  'recompute',
  'threads',
] as const

/** Null where no earlier run says anything. */
export function paceOfEarlierRuns(store: Store, modelId: string, plan: TrainPlan): RunPreview['time'] {
  const alike = store.runs
    .list()
    .filter((run) => run.modelId === modelId && run.method === plan.method && run.lastStep >= fewestSteps)
    .map((run) => ({ run, of: planOfRun(run) }))
  const same = alike.filter(({ of }) => sameShape(of, plan)).slice(0, runsLookedAt)
  if (same.length > 0) {
    const seconds = median(same.map(({ run }) => secondsPerStep(store, run)))
    return {
      ...total(
        store,
        same.map(({ run }) => run),
        plan,
        seconds,
      ),
      basis: 'earlier runs',
      detail: `As in ${same.length === 1 ? `"${same[0]!.run.name}"` : `the last ${same.length} runs`} of this shape.`,
    }
  }
  const near = alike.find(({ of }) => of.profile === plan.profile && of.threads === plan.threads) ?? alike[0]
  if (near === undefined) return null
  const scale = tokensPerStep(plan) / tokensPerStep(near.of)
  return {
    ...total(store, [near.run], plan, secondsPerStep(store, near.run) * scale),
    basis: 'scaled',
    detail: `From "${near.run.name}", which had ${tokensPerStep(near.of)} tokens a step instead of ${tokensPerStep(plan)}.`,
  }
}

/** Updates after which a run evaluates. */
export function evaluationsOf({ steps, evaluateEvery }: Pick<TrainPlan, 'steps' | 'evaluateEvery'>): number {
  const between = evaluateEvery === 0 ? 0 : Math.floor(steps / evaluateEvery)
  return evaluateEvery > 0 && steps % evaluateEvery === 0 ? between : between + 1
}

function total(store: Store, runs: readonly Run[], plan: TrainPlan, secondsPerStep: number) {
  const evaluations = runs.flatMap(({ id }) => store.metrics.evaluations(id)).map(({ seconds }) => seconds)
  const evaluating = evaluations.length === 0 ? 0 : evaluationsOf(plan) * median(evaluations)
  return { seconds: plan.steps * secondsPerStep + evaluating, secondsPerStep }
}

function secondsPerStep(store: Store, { id }: Run): number {
  return median([...store.metrics.columns(id, ['seconds']).seconds].slice(1))
}

function sameShape(a: TrainPlan, b: TrainPlan): boolean {
  return shapeKeys.every((key) => a[key] === b[key])
}

const tokensPerStep = ({ batch, length, gradientAccumulation }: TrainPlan) =>
  batch * length * gradientAccumulation

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
