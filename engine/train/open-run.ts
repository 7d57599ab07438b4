/** What training and probing a plan have in common: everything checked and opened, nothing computed yet. */
import { join } from 'node:path'
import { loadTokenizer } from '../data/tokenizer/load-tokenizer.ts'
import type { Tokenizer } from '../data/tokenizer/tokenizer.ts'
import { StudioError } from '../errors.ts'
import type { ConversionProgress } from '../files/weight-copies.ts'
import { checkAttachments } from '../methods/attach.ts'
import { parseFields } from '../methods/fields.ts'
import { type AnyMethod, findMethod } from '../methods/index.ts'
import { checkTargets } from '../methods/targets.ts'
import { type LoadedModel, openModel } from '../models/load.ts'
import type { WeightChoice } from '../models/weight-forms.ts'
import { type Device, findDevice, openDevice, REFERENCE_DEVICE } from '../runtimes/index.ts'
import type { Notice } from './events.ts'
import { parsePlan, type TrainPlan } from './plan.ts'
import { AUTOMATIC_DEVICE } from './plan-fields.ts'
import { frontOf, prepareData, type RunData } from './run-data.ts'
import { TrainingSession } from './session.ts'

export interface OpenedRun {
  readonly plan: TrainPlan
  readonly method: AnyMethod
  readonly config: Readonly<Record<string, unknown>>
  readonly loaded: LoadedModel
  readonly tokenizer: Tokenizer
  readonly data: RunData
  /** What the run is computed on. */
  readonly device: Device
  openSession(): TrainingSession
}

/**
 * A plan that leaves the device open is computed on the reference device: measuring is the caller's.
 * @param tell is told while the model's weights are brought into another form, which may take minutes
 * @throws StudioError for a bad plan, device, model or data, or where they do not fit each other
 */
export async function openRun(
  rawPlan: unknown,
  signal: AbortSignal,
  tell: (notice: Notice) => void = () => {},
): Promise<OpenedRun> {
  const plan = parsePlan(rawPlan)
  const deviceId = plan.device === AUTOMATIC_DEVICE ? REFERENCE_DEVICE : plan.device
  await findDevice(deviceId)
  const method = findMethod(plan.method)
  const config = parseFields(method.title, method.fields, plan.methodConfig)
  const { weights } = plan
  checkWeights(weights, method)
  const loaded = await openModel(plan.model, {
    cacheDir: join(plan.cache, 'float32'),
    weights,
    signal,
    onProgress: conversionNotices(weights, tell),
  })
  checkPlacement(loaded, method, config)
  checkLength(plan.length, loaded)
  const tokenizer = await loadTokenizer(plan.model)
  const data = await prepareData(plan, tokenizer, frontOf(method, config))
  const device = await openDevice(deviceId)
  const openSession = () =>
    new TrainingSession({
      device,
      loaded,
      method,
      config,
      profile: plan.profile,
      ...(plan.recompute === null ? {} : { recompute: plan.recompute }),
      ...(plan.threads === null ? {} : { threads: plan.threads }),
      maxGradientNorm: plan.maxGradientNorm ?? undefined,
      seed: plan.seed,
    })
  return { plan, method, config, loaded, tokenizer, data, device, openSession }
}

/** Seconds between two notices about the same conversion. */
const NOTICE_SECONDS = 10

function conversionNotices(weights: WeightChoice, tell: (notice: Notice) => void): ConversionProgress {
  let last: number | undefined
  return ({ done, total }) => {
    const now = performance.now()
    if (last !== undefined && now - last < NOTICE_SECONDS * 1000) return
    const size = `${(total / 1e6).toFixed(0)} MB`
    const message =
      last === undefined
        ? `The weights are copied once in ${weights} (${size}); later runs on this model find them.`
        : `Copying the weights in ${weights}: ${Math.round((100 * done) / total)} % of ${size}.`
    last = now
    tell({ type: 'notice', step: 0, level: 'info', message })
  }
}

/** @throws StudioError where the options of a method exclude each other or do not fit the model */
export function checkPlacement(
  loaded: LoadedModel,
  method: AnyMethod,
  config: Readonly<Record<string, unknown>>,
): void {
  method.check?.(config, loaded.model.facts.modelType)
  if (method.selects === 'targets') checkTargets(config)
  checkAttachments(loaded, method, config)
}

/** @throws StudioError where a method trains the very weights that are to be kept in whole numbers */
export function checkWeights(weights: WeightChoice, method: AnyMethod): void {
  if (method.format.kind !== 'model' || weights === 'float32' || weights === '16-bit') return
  throw new StudioError(
    'bad-config',
    `${method.title} trains the weights of the model, and weights in ${weights.replace('-', ' ')}s cannot be trained.`,
    'Keep the weights in float32, or choose LoRA or another method that leaves them as they are.',
  )
}

/** @throws StudioError where rows are longer than the model can read */
export function checkLength(length: number, loaded: LoadedModel): void {
  const { contextLength } = loaded.model.facts
  if (length > contextLength)
    throw new StudioError(
      'bad-config',
      `Rows of ${length} tokens are longer than the ${contextLength} the model was made for.`,
      `Set the length to ${contextLength} or less.`,
    )
}
