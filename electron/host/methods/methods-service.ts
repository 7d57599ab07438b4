/** Everything the method screen asks: figures and drawings, sense checks, probes, advice, presets. */
import { join } from 'node:path'
import { StudioError } from '../../../engine/errors.ts'
import { trainsAnything } from '../../../engine/methods/attach.ts'
import { findMethod, methods } from '../../../engine/methods/index.ts'
import type { MemoryOption } from '../../../engine/train/memory-options.ts'
import {
  definedSettings,
  type GivenSettings,
  parsePlan,
  sortSettings,
  type TrainPlan,
} from '../../../engine/train/plan.ts'
import type { Measurement } from '../../contract/devices.ts'
import type { Remark } from '../../contract/fields.ts'
import type { JobRecord } from '../../contract/jobs.ts'
import type {
  Advice,
  Drawing,
  EstimateView,
  LayoutView,
  Measured,
  ModuleNames,
} from '../../contract/methods.ts'
import type { Store } from '../../store/open-store.ts'
import type { DataReference, ModelReference } from '../built-in.ts'
import { type Changes, changed } from '../changes.ts'
import { planOf } from '../create-run.ts'
import type { DeviceChoice } from '../devices/device-choice.ts'
import { roomFor } from '../devices/room.ts'
import { type Workload, workloadWords } from '../devices/workload.ts'
import type { JobContext, Jobs } from '../jobs.ts'
import type { References } from '../runs/references.ts'
import type { SpawnTrainer } from '../spawn-trainer.ts'
import type { SettingsFile } from '../system/settings.ts'
import { advise, type Candidate, type Situation } from './advise.ts'
import { commandLine } from './command-line.ts'
import { differencesOf } from './differences.ts'
import { estimateView } from './estimate-view.ts'
import { FiguresThread } from './figures-thread.ts'
import { Measurements, measurementKey, runSeconds } from './measurements.ts'
import { Presets } from './presets.ts'
import { probe } from './probe.ts'

export interface MethodsOptions {
  readonly dataDir: string
  readonly store: Store
  readonly settings: SettingsFile
  readonly jobs: Jobs
  readonly changes: Changes
  readonly spawn: SpawnTrainer
  readonly references: References
  readonly devices: DeviceChoice
}

interface Attachment {
  readonly modelId: string
  readonly method: string
  readonly methodConfig: Readonly<Record<string, unknown>>
}
export interface Choice extends Attachment {
  readonly training: GivenSettings
}
export interface DataChoice extends Choice {
  readonly datasetVersionId: string
}

/** A choice with what it refers to. */
interface Looked {
  readonly model: ModelReference
  readonly data: DataReference
  readonly plan: TrainPlan
}

export class MethodsService {
  readonly presets: Presets
  readonly #options: MethodsOptions
  readonly #measurements: Measurements
  /** Figures follow typing; what reads whole datasets must not stand in their way. */
  readonly #figures = new FiguresThread()
  readonly #layouts = new FiguresThread()

  constructor(options: MethodsOptions) {
    this.#options = options
    this.#measurements = new Measurements(options.dataDir)
    this.presets = new Presets(options.dataDir, () => changed(options.changes, 'presets'))
  }

  /** @param labelSlots places with a label in a batch, where the data is known */
  async estimate(choice: Choice, labelSlots?: number, signal?: AbortSignal): Promise<EstimateView> {
    const machine = await this.#machine(choice.training.device)
    const estimate = await this.#figures.ask(
      'estimate',
      {
        ...(await this.#attachment(choice)),
        training: definedSettings(choice.training),
        memoryBytes: machine.bytes,
        ...(labelSlots === undefined ? {} : { labelSlots }),
      },
      signal,
    )
    return estimateView(estimate, machine, { slots: estimate.labelSlots, assumed: labelSlots === undefined })
  }

  /** What would need less, with the total that each comes to. @param limitBytes what a run may take */
  async memoryOptions(choice: Choice, limitBytes: number, signal?: AbortSignal): Promise<MemoryOption[]> {
    const question = { ...(await this.#attachment(choice)), training: definedSettings(choice.training) }
    return this.#figures.ask('memoryOptions', { ...question, limitBytes }, signal)
  }

  /** Estimated memory of a plan. */
  async bytesOf(plan: TrainPlan): Promise<number> {
    const { model, method, methodConfig } = plan
    const { training } = differencesOf(findMethod(method), plan)
    const question = { model, method, methodConfig, training, memoryBytes: 0 }
    return (await this.#figures.ask('estimate', question)).totalBytes
  }

  /** The run of a choice, as devices are chosen and measured for it. */
  async workload(choice: DataChoice): Promise<Workload> {
    const { plan, model, data } = await this.#look(choice)
    return {
      plan,
      fingerprint: this.#options.store.models.get(choice.modelId).fingerprint,
      versionId: choice.datasetVersionId,
      words: workloadWords(plan, model.name, data.name),
    }
  }

  async layout(choice: DataChoice, signal?: AbortSignal): Promise<LayoutView> {
    return this.#layouts.ask('layout', { plan: (await this.#look(choice)).plan }, signal)
  }

  async drawing(attachment: Attachment, signal?: AbortSignal): Promise<Drawing> {
    return this.#figures.ask('drawing', await this.#attachment(attachment), signal)
  }

  async moduleNames(
    { modelId, method }: Pick<Attachment, 'modelId' | 'method'>,
    signal?: AbortSignal,
  ): Promise<ModuleNames> {
    const { dir } = await this.#options.references.model(modelId)
    return this.#figures.ask('moduleNames', { model: dir, method }, signal)
  }

  /** Remarks on values of any kind, refusals first. */
  async check(
    {
      modelId,
      data,
      ...rest
    }: Attachment & {
      readonly training: Readonly<Record<string, unknown>>
      readonly data?:
        | Pick<
            LayoutView,
            'examples' | 'validationExamples' | 'batchesPerEpoch' | 'tokensPerEpoch' | 'truncated' | 'longest'
          >
        | undefined
    },
    signal?: AbortSignal,
  ): Promise<Remark[]> {
    const { dir } = await this.#options.references.model(modelId)
    return this.#figures.ask('check', { ...rest, model: dir, data }, signal)
  }

  /**
   * Measures in a process of its own, on the device that the run would be computed on; a measurement that is known is the
   * result at once, unless `again`.
   */
  async probe(choice: DataChoice, again: boolean): Promise<JobRecord> {
    const { model } = await this.#look(choice)
    const workload = await this.workload(choice)
    const method = findMethod(choice.method)
    if (!trainsAnything(method))
      throw new StudioError(
        'unsupported',
        `${method.title} takes no steps that could be timed.`,
        'It reads the validation rows once: start it, and it tells how long that took.',
      )
    const title = `Measuring ${method.title} on ${model.name}`
    return this.#options.jobs.start({ kind: 'methods.probe', title }, (context) =>
      this.#probe(workload, again, context),
    )
  }

  async #probe(workload: Workload, again: boolean, context: JobContext): Promise<Measurement> {
    const { devices } = this.#options
    const chosen = await devices.choose(workload, context, again)
    const plan = { ...workload.plan, device: chosen.id }
    const key = measurementKey(plan, workload.fingerprint, workload.versionId ?? '')
    // Where devices have just been measured, the chosen one was among them.
    const known = again && chosen.ranking === undefined ? undefined : await this.#measurements.get(key)
    if (known !== undefined) return known
    if (devices.turns.busy) context.progress({ note: 'Waiting for another measurement' })
    return devices.turns.take(context.signal, () => this.#measure(key, plan, chosen.title, context))
  }

  /** What earlier measurements tell about this choice; null where there is none. */
  async measured(choice: DataChoice, signal?: AbortSignal): Promise<Measured | null> {
    const workload = await this.workload(choice)
    const { id } = await this.#options.devices.planned(workload)
    if (id === null) return null
    const plan = { ...workload.plan, device: id }
    const key = measurementKey(plan, workload.fingerprint, choice.datasetVersionId)
    const measurement = await this.#measurements.get(key)
    if (measurement === undefined) return null
    const { validationBatches } = await this.#layouts.ask('layout', { plan }, signal)
    return {
      measurement,
      steps: plan.steps,
      runSeconds: runSeconds(measurement, plan, validationBatches ?? 0),
    }
  }

  /** All methods on this model, best first. */
  async advise(
    request: {
      readonly modelId: string
      readonly training: GivenSettings
      readonly datasetVersionId?: string | undefined
      readonly memoryBytes?: number | undefined
      readonly rows?: number | undefined
      readonly distance?: Situation['distance']
      readonly wishes?: Situation['wishes']
    },
    signal?: AbortSignal,
  ): Promise<Advice[]> {
    const { modelId, datasetVersionId, distance, wishes = [] } = request
    const training = definedSettings(request.training)
    const { bytes } = await this.#machine(training.device)
    const memoryBytes = Math.min(request.memoryBytes ?? Number.POSITIVE_INFINITY, bytes)
    const { dir } = await this.#options.references.model(modelId)
    const { datasets } = this.#options.store
    const rows =
      request.rows ??
      (datasetVersionId === undefined ? undefined : datasets.getVersion(datasetVersionId).rows)
    const asked = [...methods.values()].map(async (method): Promise<Candidate> => {
      const question = { model: dir, method: method.name, methodConfig: {}, training, memoryBytes }
      try {
        return { method, estimate: await this.#figures.ask('estimate', question, signal) }
      } catch (error) {
        if (!(error instanceof StudioError) || error.code === 'cancelled') throw error
        return { method, estimate: { refused: error.message } }
      }
    })
    const { model } = await this.#figures.ask(
      'drawing',
      { model: dir, method: [...methods.keys()][0]!, methodConfig: {} },
      signal,
    )
    return advise(
      { baseParameters: model.parameters, memoryBytes, rows, distance, wishes },
      await Promise.all(asked),
    )
  }

  /** The choice of a stored run, as a draft has it. @throws StudioError `not-found`; what has changed since */
  ofRun(id: string): DataChoice {
    const run = this.#options.store.runs.get(id)
    const method = findMethod(run.method)
    return {
      modelId: run.modelId,
      datasetVersionId: run.datasetVersionId,
      method: run.method,
      ...differencesOf(method, parsePlan(run.config)),
    }
  }

  async command(choice: DataChoice): Promise<string> {
    const { model, data, plan } = await this.#look(choice)
    const method = findMethod(choice.method)
    return commandLine(model, data, method, differencesOf(method, plan))
  }

  async close(): Promise<void> {
    await Promise.all([this.#figures.close(), this.#layouts.close()])
  }

  #machine(asked: string = this.#options.settings.get().device): Promise<EstimateView['machine']> {
    return roomFor(this.#options.devices, asked)
  }

  async #attachment({ modelId, method, methodConfig }: Attachment) {
    return { model: (await this.#options.references.model(modelId)).dir, method, methodConfig }
  }

  async #look(choice: DataChoice): Promise<Looked> {
    const [model, data] = await Promise.all([
      this.#options.references.model(choice.modelId),
      this.#options.references.data(choice.datasetVersionId),
    ])
    const { method, methodConfig, training } = choice
    const { plan, examples } = sortSettings(training)
    const { dataDir, settings } = this.#options
    const { threads, device } = settings.get()
    const choices = { threads, device, ...plan, methodConfig }
    const spec = { model, data, method, choices, ...examples }
    return { model, data, plan: planOf(dataDir, spec, join(dataDir, 'cache', 'probe')) }
  }

  async #measure(key: string, plan: TrainPlan, title: string, context: JobContext): Promise<Measurement> {
    const { store, changes, spawn } = this.#options
    const busy = () => store.runs.unfinished().length > 0
    const before = busy()
    const { measurement: measured } = await probe(plan, spawn, context)
    const device = { id: plan.device, title }
    const measurement = { ...measured, device, disturbed: before || busy() }
    await this.#measurements.put(key, measurement)
    changed(changes, 'measurements', key)
    return measurement
  }
}
