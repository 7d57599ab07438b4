/** What a run would need, known before it starts: sizes of the method and memory of its real training graph. */
import { sizeOf } from '../graph/host-tensor.ts'
import { estimateMemory, type MemoryEstimate, type StateKind, totalBytes } from '../graph/memory.ts'
import { type TrainedTensor, trainsAnything } from '../methods/attach.ts'
import type { AnyMethod } from '../methods/index.ts'
import type { LoadedModel } from '../models/load.ts'
import type { WeightChoice } from '../models/weight-forms.ts'
import type { Profile } from '../runtimes/index.ts'
import { momentNames } from './adamw.ts'
import { type BatchShape, type ModelGraph, modelGraph } from './model-graph.ts'
import { type Recompute, recomputed } from './recompute.ts'
import { accumulatingStep, applyingStep, evaluationGraph, gradientName, trainingStep } from './step-graph.ts'

/** Rows and tokens per row; without `labelSlots`, half of all tokens carry a label. */
export type EstimateShape = Omit<BatchShape, 'labelSlots'> & Partial<BatchShape>

export interface EstimateOptions {
  readonly profile?: Profile
  /** How the frozen weights are kept; left out: as in `loaded`. */
  readonly weights?: WeightChoice
  readonly recompute?: Recompute
  /** Micro batches per update. */
  readonly gradientAccumulation?: number
  readonly maxGradientNorm?: number | undefined
  /** Memory of the device, to answer `fits`. */
  readonly memoryBytes?: number
}

export interface RunEstimate {
  readonly trainableParameters: number
  /** Base model and everything the method adds to it. */
  readonly totalParameters: number
  /** Numbers in the adapter's file. */
  readonly adapterBytes: number
  /** Places with a label in a batch: given, or assumed. */
  readonly labelSlots: number
  readonly memory: MemoryEstimate
  /** Node and the runtime as they are before the first step (measured: ONNX Runtime 1.30 on Linux). */
  readonly processBytes: number
  readonly totalBytes: number
  /** Whether the total is below `memoryBytes`, where that was given. */
  readonly fits?: boolean
}

const PROCESS_BYTES = 160 * 2 ** 20

/**
 * Builds the graphs that a session would compile for this shape, and adds up what they need.
 * @param config checked by the method's fields
 * @throws StudioError as building the graph does: a method without anything to train, a shape that does not fit the model
 */
export function estimateRun(
  loaded: LoadedModel,
  method: AnyMethod,
  config: unknown,
  shape: EstimateShape,
  options: EstimateOptions = {},
): RunEstimate {
  const { rows, length } = shape
  const labelSlots = shape.labelSlots ?? Math.max(1, Math.floor((rows * length) / 2))
  const size = { rows, length, labelSlots }
  const { weights = loaded.weights } = options
  const base = weights === loaded.weights ? loaded : loaded.outlined(weights)
  const { graphs, trained } = trainsAnything(method)
    ? trainingGraphs(modelGraph(base, method, config, size, true), options)
    : { graphs: [evaluationGraph(modelGraph(base, method, config, size, false)).graph], trained: [] }
  // Scoring alone runs on the mapped weights, whatever the profile.
  const profile = trained.length === 0 ? 'low-memory' : (options.profile ?? 'fast')
  const kindOf = stateKind(trained)
  const memory = together(graphs.map((graph) => estimateMemory(graph, { kindOf, profile })))
  const total = totalBytes(memory) + PROCESS_BYTES
  const added = trained.filter((t) => t.base === undefined)
  return {
    trainableParameters: count(trained),
    totalParameters: loaded.totalParameters + count(added),
    adapterBytes: trained.reduce((sum, t) => sum + 4 * sizeOf(t.shape) * (1 + t.aliases.length), 0),
    labelSlots,
    memory,
    processBytes: PROCESS_BYTES,
    totalBytes: total,
    ...(options.memoryBytes === undefined ? {} : { fits: total <= options.memoryBytes }),
  }
}

/** The graphs of a training session: one step, or accumulating and applying. */
function trainingGraphs(model: ModelGraph, options: EstimateOptions) {
  const accumulates = (options.gradientAccumulation ?? 1) > 1
  const update = { maxNorm: options.maxGradientNorm }
  const step = accumulates ? accumulatingStep(model) : trainingStep(model, update)
  const graphs = [
    recomputed(step.graph, options.recompute, options.profile),
    ...(accumulates ? [applyingStep(step.trained, update)] : []),
  ]
  return { graphs, trained: step.trained }
}

const count = (tensors: readonly TrainedTensor[]): number =>
  tensors.reduce((sum, t) => sum + sizeOf(t.shape), 0)

function stateKind(trained: readonly TrainedTensor[]): (name: string) => StateKind {
  const kinds = new Map<string, StateKind>()
  for (const { key } of trained) {
    kinds.set(key, 'trained')
    for (const name of Object.values(momentNames(key))) kinds.set(name, 'optimizer')
    kinds.set(gradientName(key), 'gradients')
  }
  return (name) => kinds.get(name) ?? 'otherStates'
}

/** Programs of one session share weights and states; each keeps memory of its own for what it computes. */
function together(estimates: readonly MemoryEstimate[]): MemoryEstimate {
  const most = (part: keyof MemoryEstimate) => Math.max(...estimates.map((e) => e[part]))
  const all = (part: keyof MemoryEstimate) => estimates.reduce((sum, e) => sum + e[part], 0)
  return {
    weights: most('weights'),
    packedWeights: most('packedWeights'),
    trained: most('trained'),
    optimizer: most('optimizer'),
    gradients: most('gradients'),
    otherStates: most('otherStates'),
    updates: most('updates'),
    constants: all('constants'),
    inputs: all('inputs'),
    activations: all('activations'),
  }
}
