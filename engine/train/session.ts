/** A model with a method on a device: compiles its graphs once per batch shape, keeps what is trained, steps and evaluates. */

import type { Batch } from '../data/batch.ts'
import { float32, type HostTensor, sizeOf } from '../graph/host-tensor.ts'
import type { TrainedTensor } from '../methods/attach.ts'
import type { AnyMethod } from '../methods/index.ts'
import { initialise } from '../methods/initialise.ts'
import { createRandom } from '../methods/random.ts'
import type { LoadedModel } from '../models/load.ts'
import type { Device, DeviceState, Profile, Program } from '../runtimes/index.ts'
import { adamwFeeds, momentNames } from './adamw.ts'
import { type BatchShape, batchFeeds, type ModelGraph, modelGraph } from './model-graph.ts'
import { type Recompute, recomputed } from './recompute.ts'
import {
  accumulatingStep,
  applyingStep,
  evaluationGraph,
  gradientGraph,
  gradientName,
  type StepGraph,
  trainingStep,
  type UpdateOptions,
} from './step-graph.ts'

export interface SessionOptions {
  readonly device: Device
  readonly loaded: LoadedModel
  readonly method: AnyMethod
  readonly config: unknown
  readonly profile?: Profile
  readonly threads?: number
  /** What is computed again for the gradient instead of being kept; undefined = as the profile wants it. */
  readonly recompute?: Recompute
  /** Gradients are scaled down to this global norm; undefined = no clipping. */
  readonly maxGradientNorm?: number | undefined
  /** Decides dropout. */
  readonly seed?: number
  readonly adapterName?: string
}

export interface StepOptions {
  /** Number of this update, from 1. */
  readonly step: number
  /** Updates that the optimiser's averages hold from before the first step. */
  readonly optimizerSteps?: number
  readonly learningRate: number
  readonly weightDecay: number
}

export interface StepResult {
  /** Mean loss over the labels of all micro batches, before the update. */
  readonly loss: number
  /** Before clipping. */
  readonly gradientNorm: number
}

/** The graph itself is let go once it is compiled. */
interface Compiled extends Pick<StepGraph, 'dropouts'> {
  readonly program: Program
}

export class TrainingSession {
  readonly #options: SessionOptions
  readonly #programs = new Map<string, Promise<Compiled>>()
  #applying: Promise<Program> | undefined
  readonly device: Device
  readonly state: DeviceState
  /** Every trained tensor of the method on this model. */
  readonly trained: readonly TrainedTensor[]

  constructor(options: SessionOptions) {
    this.#options = options
    this.device = options.device
    this.state = this.device.createState()
    this.trained = [...this.#model({ rows: 1, length: 2, labelSlots: 1 }, false).attached.trained.values()]
  }

  get trainableParameters(): number {
    return this.trained.reduce((sum, t) => sum + sizeOf(t.shape), 0)
  }

  /** Fresh values for everything that is trained. */
  async initialise(seed: number): Promise<void> {
    await this.load(await initialise(this.#options.loaded, this.trained, seed))
  }

  /** Given values for everything that is trained, and a fresh optimiser. */
  async load(values: ReadonlyMap<string, HostTensor>): Promise<void> {
    for (const { key, shape } of this.trained) {
      await this.state.write(key, values.get(key)!)
      const zero = float32(shape, new Float32Array(sizeOf(shape)))
      for (const name of Object.values(momentNames(key))) await this.state.write(name, zero)
      // Sums of gradients exist from the first update of several micro batches on.
      if (this.state.has(gradientName(key))) await this.state.write(gradientName(key), zero)
    }
  }

  /** The trained tensors by key. */
  async values(): Promise<Map<string, HostTensor>> {
    const read = async ({ key }: TrainedTensor) => [key, await this.state.read(key)] as const
    return new Map(await Promise.all(this.trained.map(read)))
  }

  /** Everything a later session needs to go on exactly here: trained tensors and optimiser state by name. */
  async snapshot(): Promise<Map<string, HostTensor>> {
    const names = this.trained.flatMap(({ key }) => [key, ...Object.values(momentNames(key))])
    return new Map(await Promise.all(names.map(async (name) => [name, await this.state.read(name)] as const)))
  }

  async restore(snapshot: ReadonlyMap<string, HostTensor>): Promise<void> {
    await this.load(snapshot)
    for (const [name, tensor] of snapshot) await this.state.write(name, tensor)
  }

  /** Compiles the graphs for a batch shape, so that the first step is no slower than the rest. */
  async prepare(shape: BatchShape, kinds: readonly (keyof typeof builders)[]): Promise<void> {
    for (const kind of kinds) await this.#compiled(kind, shape)
  }

  /** Takes back the last update: the state of one step ago. */
  undo(): void {
    for (const { key } of this.trained)
      for (const name of [key, ...Object.values(momentNames(key))]) this.state.undo(name)
  }

  /** One update from the given micro batches; losses and gradients are means over all their labels. */
  async step(batches: readonly Batch[], options: StepOptions): Promise<StepResult> {
    const labels = batches.reduce((sum, b) => sum + b.labelWeights.reduce((x, w) => x + w, 0), 0)
    const feeds = {
      loss_scale: float32([], Float32Array.of(labels === 0 ? 0 : 1 / labels)),
      ...adamwFeeds((options.optimizerSteps ?? 0) + options.step, options.learningRate, options.weightDecay),
    }
    const first = batches[0]!
    if (batches.length === 1) {
      const compiled = await this.#compiled('step', first)
      const outputs = await compiled.program.run(
        this.#feeds(compiled, first, feeds, options.step, 0),
        this.state,
      )
      return { loss: one(outputs.loss), gradientNorm: one(outputs.gradient_norm) }
    }
    for (const { key, shape } of this.trained)
      if (!this.state.has(gradientName(key)))
        await this.state.write(gradientName(key), float32(shape, new Float32Array(sizeOf(shape))))
    let loss = 0
    for (const [i, batch] of batches.entries()) {
      const compiled = await this.#compiled('accumulate', batch)
      const outputs = await compiled.program.run(
        this.#feeds(compiled, batch, feeds, options.step, i),
        this.state,
      )
      loss += one(outputs.loss)
    }
    this.#applying ??= this.device.compile(applyingStep(this.trained, this.#update), this.#compile())
    const outputs = await (await this.#applying).run(feeds, this.state)
    return { loss, gradientNorm: one(outputs.gradient_norm) }
  }

  /** Loss and gradients by key, without an update. */
  async gradients(batch: Batch): Promise<{ loss: number; gradients: Map<string, HostTensor> }> {
    const compiled = await this.#compiled('gradients', batch)
    const labels = batch.labelWeights.reduce((x, w) => x + w, 0)
    const scale = { loss_scale: float32([], Float32Array.of(1 / labels)) }
    const { loss, ...rest } = await compiled.program.run(
      this.#feeds(compiled, batch, scale, 1, 0),
      this.state,
    )
    return { loss: one(loss), gradients: new Map(Object.entries(rest)) }
  }

  /** Σ loss over the labels of a batch, without dropout. */
  async evaluate(batch: Batch): Promise<number> {
    const compiled = await this.#compiled('evaluate', batch)
    return one((await compiled.program.run(batchFeeds(batch), this.state)).loss_sum)
  }

  /** Logits of every label slot: [label slots, vocabulary]. */
  async logits(batch: Batch): Promise<HostTensor> {
    const compiled = await this.#compiled('logits', batch)
    return (await compiled.program.run(batchFeeds(batch), this.state)).logits!
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#programs.values()) await (await compiled).program.dispose()
    await (await this.#applying)?.dispose()
    this.#programs.clear()
    this.state.dispose()
  }

  #model(shape: BatchShape, training: boolean): ModelGraph {
    const { loaded, method, config, adapterName } = this.#options
    return modelGraph(loaded, method, config, shape, training, adapterName)
  }

  get #update(): UpdateOptions {
    return { maxNorm: this.#options.maxGradientNorm, together: this.device.joinsUpdates }
  }

  #compile() {
    const { profile, threads } = this.#options
    return { ...(profile ? { profile } : {}), ...(threads ? { threads } : {}) }
  }

  #compiled(kind: keyof typeof builders, { rows, length, labelSlots }: BatchShape): Promise<Compiled> {
    const key = `${kind} ${rows}x${length}:${labelSlots}`
    const known = this.#programs.get(key)
    if (known) return known
    const { build, training } = builders[kind]
    const plain = build(this.#model({ rows, length, labelSlots }, training), this.#update)
    const step = training
      ? { ...plain, graph: recomputed(plain.graph, this.#options.recompute, this.#options.profile) }
      : plain
    // Forward-only graphs run rarely: they use the mapped weights instead of holding a second copy.
    const options = training ? this.#compile() : { ...this.#compile(), profile: 'low-memory' as const }
    const made = this.device.compile(step.graph, options).then((program) => {
      // Where the process was started for training (process-flags.ts), what compiling left behind makes room for the steps.
      globalThis.gc?.()
      return { program, dropouts: step.dropouts }
    })
    this.#programs.set(key, made)
    return made
  }

  #feeds(compiled: Compiled, batch: Batch, feeds: Record<string, HostTensor>, step: number, micro: number) {
    const masks = compiled.dropouts.map(({ name, shape, rate }) => {
      const data = new Float32Array(sizeOf(shape))
      createRandom(this.#options.seed ?? 0, `${name}:${step}:${micro}`).fillMask(data, rate)
      return [name, float32(shape, data)] as const
    })
    return { ...batchFeeds(batch), ...feeds, ...Object.fromEntries(masks) }
  }
}

const builders: Record<
  'step' | 'accumulate' | 'gradients' | 'evaluate' | 'logits',
  { training: boolean; build: (model: ModelGraph, update: UpdateOptions) => StepGraph }
> = {
  step: { training: true, build: trainingStep },
  accumulate: { training: true, build: accumulatingStep },
  gradients: { training: true, build: gradientGraph },
  evaluate: { training: false, build: (model) => evaluationGraph(model) },
  logits: { training: false, build: (model) => evaluationGraph(model, true) },
}

function one(tensor: HostTensor | undefined): number {
  return Number(tensor?.data[0] ?? Number.NaN)
}
