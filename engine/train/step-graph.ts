/** Composes whole graphs from a model: one training step, an accumulating half step, gradients, evaluation. */

import { StudioError } from '../errors.ts'
import { gradient } from '../graph/gradient.ts'
import type { Graph, StateUpdate } from '../graph/graph.ts'
import { sizeOf } from '../graph/host-tensor.ts'
import { input, inScope, scalar, state, type Value } from '../graph/value.ts'
import type { DropoutInput, TrainedTensor } from '../methods/attach.ts'
import { add, div, mul } from '../ops/arithmetic.ts'
import { less, where } from '../ops/compare.ts'
import { reshape, zerosOf } from '../ops/layout.ts'
import { sqrt, square } from '../ops/math.ts'
import { reduceSum, sumAll } from '../ops/reduce.ts'
import { adamw } from './adamw.ts'
import type { ModelGraph } from './model-graph.ts'
import { type Parameter, parameters, type Trainable } from './parameters.ts'

export interface StepGraph {
  readonly graph: Graph
  readonly trained: readonly TrainedTensor[]
  readonly dropouts: readonly DropoutInput[]
}

export interface UpdateOptions {
  /** Gradients are scaled down to this global norm; undefined = no clipping. */
  readonly maxNorm?: number | undefined
  /** Whether small tensors are updated together (`Device.joinsUpdates`). */
  readonly together?: boolean | undefined
}

/** Name of the state that collects a tensor's gradient over micro batches. */
export const gradientName = (key: string): string => `gradient:${key}`

/** Loss and gradients; the loss is Σ weight·loss · loss_scale. Tensors without gradient are left out, as AdamW skips them. */
function lossAndGradients(model: ModelGraph): { loss: Value; trainable: Trainable[] } {
  const trained = [...model.attached.trained.values()]
  if (trained.length === 0)
    throw new StudioError(
      'bad-config',
      'With these options nothing of this model would be trained.',
      'Check target_modules and its companions against the module names of the model.',
    )
  const loss = mul(model.lossSum, input('loss_scale', { dtype: 'float32', shape: [] }))
  const gradients = gradient(
    loss,
    trained.map((t) => t.value),
  )
  const trainable = trained.flatMap((t, i) => {
    const g = gradients[i]
    return g === undefined ? [] : [{ key: t.key, value: t.value, gradient: g }]
  })
  return { loss, trainable }
}

/** More numbers than this are summed in two stages: a device that gives a sum to one group of threads is slow at one long sum. */
const LONG_SUM = 2 ** 16
const STAGE = 2 ** 10

function sumOfSquares(x: Value): Value {
  const squares = square(x)
  const size = sizeOf(x.shape)
  if (size <= LONG_SUM || size % STAGE !== 0) return sumAll(squares)
  return sumAll(reduceSum(reshape(squares, [size / STAGE, STAGE]), [1]))
}

/** Clips, then updates. */
function update(trainable: readonly Trainable[], { maxNorm, together = false }: UpdateOptions) {
  const { norm, clipped } = clip(parameters(trainable, together), maxNorm)
  return { norm, updates: adamw(clipped) }
}

/** ‖g‖ over all tensors, and the gradients scaled down to `maxNorm` (PyTorch's `clip_grad_norm_`). */
function clip(parameters: readonly Parameter[], maxNorm: number | undefined) {
  const norm = sqrt(parameters.map(({ gradient }) => sumOfSquares(gradient)).reduce(add))
  if (maxNorm === undefined) return { norm, clipped: parameters }
  const ratio = div(scalar(maxNorm), add(norm, scalar(1e-6)))
  const factor = where(less(ratio, scalar(1)), ratio, scalar(1))
  return { norm, clipped: parameters.map((p) => ({ ...p, gradient: mul(p.gradient, factor) })) }
}

const describe = (model: ModelGraph, graph: Graph): StepGraph => ({
  graph,
  trained: [...model.attached.trained.values()],
  dropouts: model.attached.dropouts,
})

/** A whole optimiser step over one batch. Outputs `loss`, `gradient_norm`. */
export function trainingStep(model: ModelGraph, options: UpdateOptions = {}): StepGraph {
  const { loss, trainable } = lossAndGradients(model)
  return inScope('optimizer', () => {
    const { norm, updates } = update(trainable, options)
    return describe(model, { outputs: { loss, gradient_norm: norm }, updates })
  })
}

/** Adds the gradients of a micro batch to their states. Output `loss`. */
export function accumulatingStep(model: ModelGraph): StepGraph {
  const { loss, trainable } = lossAndGradients(model)
  const updates: StateUpdate[] = trainable.map(({ key, value, gradient: g }) => {
    const sum = state(gradientName(key), value)
    return { state: sum, value: add(sum, g) }
  })
  return describe(model, { outputs: { loss }, updates })
}

/** Applies and clears the collected gradients. Output `gradient_norm`. */
export function applyingStep(
  tensors: readonly Pick<TrainedTensor, 'key' | 'shape'>[],
  options: UpdateOptions = {},
): Graph {
  const trainable = tensors.map(({ key, shape }) => ({
    key,
    value: state(key, { dtype: 'float32', shape }),
    gradient: state(gradientName(key), { dtype: 'float32', shape }),
  }))
  const { norm, updates } = update(trainable, options)
  const cleared = trainable.map((t) => ({ state: t.gradient, value: zerosOf(t.value.shape) }))
  return { outputs: { gradient_norm: norm }, updates: [...updates, ...cleared] }
}

/** Output `loss` and one output per trained tensor, named by its key. */
export function gradientGraph(model: ModelGraph): StepGraph {
  const { loss, trainable } = lossAndGradients(model)
  const outputs = Object.fromEntries(trainable.map((t) => [t.key, t.gradient]))
  return describe(model, { outputs: { ...outputs, loss }, updates: [] })
}

/** Output `loss_sum`; with `logits`, those of every label slot. */
export function evaluationGraph(model: ModelGraph, withLogits = false): StepGraph {
  const outputs = { loss_sum: model.lossSum, ...(withLogits ? { logits: model.logits } : {}) }
  return describe(model, { outputs, updates: [] })
}
