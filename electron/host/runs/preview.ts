/** What a request would do, before it is made: ready or what is missing, what differs from the defaults, time and memory. */
import { statfs } from 'node:fs/promises'
import type { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import { defaultsOf, type Fields } from '../../../engine/methods/fields.ts'
import { type AnyMethod, findMethod } from '../../../engine/methods/index.ts'
import { trainingDefaults } from '../../../engine/train/defaults.ts'
import { definedSettings, type TrainPlan } from '../../../engine/train/plan.ts'
import { trainingFields } from '../../../engine/train/plan-fields.ts'
import type { EstimateView } from '../../contract/methods.ts'
import type { Concern, RunPreview, runRequestSchema } from '../../contract/runs.ts'
import type { Store } from '../../store/open-store.ts'
import { planOf, type RunSpec, usualName } from '../create-run.ts'
import type { DeviceChoice } from '../devices/device-choice.ts'
import { tooLarge } from '../devices/too-large.ts'
import { differencesOf } from '../methods/differences.ts'
import type { MethodsService } from '../methods/methods-service.ts'
import { paceOfEarlierRuns } from './pace.ts'
import type { References } from './references.ts'

export interface PreviewParts {
  readonly store: Store
  readonly references: References
  /** Where the figures come from. */
  readonly methods: Pick<MethodsService, 'estimate' | 'check' | 'measured' | 'memoryOptions' | 'workload'>
  readonly devices: Pick<DeviceChoice, 'planned'>
  readonly specOf: (request: Request) => Promise<RunSpec>
  readonly start: () => RunPreview['start']
}

type Request = z.output<typeof runRequestSchema>

/** Never fails for what is wrong with the request: that is in `missing`. */
export async function previewRun(parts: PreviewParts, request: Request): Promise<RunPreview> {
  const missing: Concern[] = []
  /** Undefined where it fails, which is then among what is missing. */
  async function attempt<T>(place: Concern['place'], work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      const { code, message, hint } = error
      if (!missing.some((other) => other.message === message)) missing.push({ code, message, hint, place })
      return undefined
    }
  }
  const { modelId, datasetVersionId, methodConfig } = request
  const training = definedSettings(request.training)
  const { store, references, methods } = parts
  const [model, data, method] = await Promise.all([
    attempt('model', () => references.model(modelId)),
    attempt('data', () => references.data(datasetVersionId)),
    attempt('method', () => findMethod(request.method)),
  ])
  const choice = { modelId, method: request.method, methodConfig, training }
  const remarks = method === undefined ? [] : ((await attempt('method', () => methods.check(choice))) ?? [])
  for (const { level, part, message, hint } of remarks)
    if (level === 'refused') missing.push({ code: 'bad-config', message, hint, place: part })
  const complete = model !== undefined && data !== undefined && method !== undefined && missing.length === 0
  const plan = complete
    ? await attempt('training', async () => planOf(store.dataDir, await parts.specOf(request), store.dataDir))
    : undefined
  const device = plan && (await attempt('device', () => plannedDevice(parts, request)))
  // A device that is not there has no memory that could suffice.
  const estimate = device && (await attempt('method', () => methods.estimate(choice)))
  if (estimate?.fits === false) {
    const options = await attempt('memory', () => methods.memoryOptions(choice, estimate.machine.bytes))
    missing.push({ ...tooLarge(estimate, options ?? []), place: 'memory' })
  }
  if (plan !== undefined && estimate !== undefined)
    missing.push(...(await diskConcern(store, plan, estimate)))
  return {
    ready: missing.length === 0,
    missing,
    advice: remarks
      .filter(({ level }) => level === 'unusual')
      .map(({ part, message, hint }) => ({ code: 'unusual', message, hint, place: part })),
    name:
      request.name || (method === undefined || data === undefined ? '' : usualName(method.name, data.name)),
    model: model === undefined ? null : { id: model.id, name: model.name },
    data: data === undefined ? null : { versionId: datasetVersionId, name: data.name },
    method: method === undefined ? null : { name: method.name, title: method.title },
    changed: method === undefined || plan === undefined ? [] : changedSettings(method, plan),
    steps: plan?.steps ?? null,
    time: plan === undefined || device === undefined ? null : await timeOf(parts, request, plan),
    memory:
      estimate === undefined
        ? null
        : { totalBytes: estimate.totalBytes, limitBytes: estimate.machine.bytes, fits: estimate.fits },
    device: device ?? null,
    start: parts.start(),
  }
}

async function plannedDevice({ methods, devices }: PreviewParts, request: Request) {
  return devices.planned(await methods.workload({ ...request, training: definedSettings(request.training) }))
}

async function timeOf(
  { store, methods }: PreviewParts,
  request: Request,
  plan: TrainPlan,
): Promise<RunPreview['time']> {
  const training = definedSettings(request.training)
  const measured = await methods.measured({ ...request, training })
  if (measured === null) return paceOfEarlierRuns(store, request.modelId, plan)
  const { millisecondsPerStep, disturbed } = measured.measurement
  return {
    seconds: measured.runSeconds,
    secondsPerStep: millisecondsPerStep / 1000,
    basis: 'measured',
    detail: `Two real steps of this very choice were timed${disturbed ? ', while something else was running' : ''}.`,
  }
}

function changedSettings(method: AnyMethod, plan: TrainPlan): RunPreview['changed'] {
  const { methodConfig, training } = differencesOf(method, plan)
  const usual = { ...trainingDefaults(method, plan.steps), steps: trainingDefaults(method).steps }
  return [
    ...described('method', method.fields, methodConfig, defaultsOf(method.fields)),
    ...described('training', trainingFields, training, usual),
  ]
}

function described(
  group: 'method' | 'training',
  fields: Fields,
  values: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): RunPreview['changed'] {
  return Object.entries(values).map(([key, value]) => ({
    group,
    key,
    label: fields[key]?.label ?? key,
    value,
    default: defaults[key] ?? null,
  }))
}

/** A checkpoint holds every trained number three times, and once more where the best is kept. */
async function diskConcern(store: Store, plan: TrainPlan, estimate: EstimateView): Promise<Concern[]> {
  const { bavail, bsize } = await statfs(store.dataDir)
  const bytes = estimate.trainableParameters * 4 * (plan.keepBest ? 4 : 3) * (plan.keepCheckpoints + 1)
  if (bytes < bavail * bsize) return []
  return [
    {
      place: 'disk',
      code: 'disk',
      message: `Checkpoints of the run take about ${(bytes / 1e9).toPrecision(3)} GB, and the disk of the data folder has ${((bavail * bsize) / 1e9).toPrecision(3)} GB left.`,
      hint: 'Free some space, or keep fewer checkpoints.',
    },
  ]
}
