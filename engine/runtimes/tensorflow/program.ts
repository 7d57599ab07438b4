/** A compiled graph on TensorFlow: node after node, each tensor let go right after its last use. */
import { messageOf, StudioError } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import type { HostTensor } from '../../graph/host-tensor.ts'
import type { TensorType, Value } from '../../graph/value.ts'
import { sameShape } from '../../ops/shapes.ts'
import type { DeviceState, Program } from '../runtime.ts'
import type { Tensor, Tensorflow } from './lowering.ts'
import { type Schedule, type Step, schedule } from './schedule.ts'
import { TensorflowState } from './state.ts'
import { fromTensor, toTensor } from './tensors.ts'
import type { WeightStore } from './weights.ts'

export interface TensorflowContext {
  readonly tf: Tensorflow
  readonly weights: WeightStore
  /** Makes the device's own backend the present one: other code of the process may use another. */
  readonly activate: () => void
}

type Tensors = Map<Value, Tensor>

export class TensorflowProgram implements Program {
  readonly #context: TensorflowContext
  readonly #graph: Graph
  readonly #schedule: Schedule
  /** Weights and constants: they live as long as the program. */
  readonly #fixed: Tensors

  private constructor(context: TensorflowContext, graph: Graph, plan: Schedule, fixed: Tensors) {
    this.#context = context
    this.#graph = graph
    this.#schedule = plan
    this.#fixed = fixed
  }

  /** @throws StudioError('unsupported') naming an operator without a form here, and where weights cannot be read */
  static async compile(context: TensorflowContext, graph: Graph): Promise<TensorflowProgram> {
    const plan = schedule(graph)
    const program = new TensorflowProgram(context, graph, plan, new Map())
    try {
      await program.#load()
    } catch (error) {
      await program.dispose()
      throw failure('could not take up the weights of the step', error)
    }
    return program
  }

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    state: DeviceState,
  ): Promise<Record<string, HostTensor>> {
    if (!(state instanceof TensorflowState))
      throw new StudioError('internal', 'This state belongs to another runtime.', 'Report this.')
    const { tf, activate } = this.#context
    const outputs = Object.entries(this.#graph.outputs)
    activate()
    const own: Tensors = new Map()
    let results: Tensor[] = []
    try {
      const operands = this.#operands(feeds, state, own)
      for (const step of this.#schedule.steps) compute(tf, step, operands, own)
      // A clone is another handle on the same memory, so a value may be a result several times.
      results = outputs.map(([, value]) => tf.clone(operands(value)))
      const updates = this.#graph.updates.map(({ value }) => tf.clone(operands(value)))
      this.#graph.updates.forEach(({ state: leaf }, i) => {
        state.update(stateName(leaf), updates[i]!)
      })
      const read = await Promise.all(results.map((tensor, i) => fromTensor(tensor, outputs[i]![1])))
      return Object.fromEntries(outputs.map(([name], i) => [name, read[i]!]))
    } catch (error) {
      throw failure('failed during a step', error)
    } finally {
      for (const tensor of [...own.values(), ...results]) tensor.dispose()
    }
  }

  async dispose(): Promise<void> {
    for (const [leaf, tensor] of this.#fixed) {
      if (leaf.source.kind === 'weight') await this.#context.weights.release(leaf)
      else tensor.dispose()
    }
    this.#fixed.clear()
  }

  async #load(): Promise<void> {
    const { tf, weights, activate } = this.#context
    for (const leaf of this.#schedule.leaves) {
      if (leaf.source.kind === 'weight') this.#fixed.set(leaf, await weights.acquire(leaf))
      else if (leaf.source.kind === 'constant') {
        activate()
        this.#fixed.set(leaf, tf.keep(toTensor(tf, leaf.source.tensor)))
      }
    }
  }

  /** Finds the tensor of a value; what is fed goes into `own`, as every result will. */
  #operands(
    feeds: Readonly<Record<string, HostTensor>>,
    state: TensorflowState,
    own: Tensors,
  ): (value: Value) => Tensor {
    for (const leaf of this.#schedule.leaves) {
      if (leaf.source.kind !== 'input') continue
      const fed = feeds[leaf.source.name]
      if (fed === undefined)
        throw new StudioError('internal', `Input ${leaf.source.name} was not fed.`, 'Report this.')
      checkType(leaf.source.name, fed, leaf)
      own.set(leaf, toTensor(this.#context.tf, fed))
    }
    const states: Tensors = new Map()
    for (const leaf of this.#schedule.leaves) {
      if (leaf.source.kind !== 'state') continue
      checkType(leaf.source.name, state.typeOf(leaf.source.name), leaf)
      states.set(leaf, state.current(leaf.source.name))
    }
    return (value) => {
      const tensor = own.get(value) ?? this.#fixed.get(value) ?? states.get(value)
      if (tensor === undefined)
        throw new StudioError('internal', `A value of the step was let go too early.`, 'Report this.')
      return tensor
    }
  }
}

/** Computes a node; what it makes on the way, and what nobody reads any more, is disposed of. */
function compute(
  tf: Tensorflow,
  { node, inputs: values, rule, frees }: Step,
  operands: (value: Value) => Tensor,
  own: Tensors,
): void {
  const inputs = values.map((value) => value && operands(value)) as Tensor[]
  const results = tf.tidy(() => {
    const made = rule(tf, inputs, node.attributes, node)
    // An operand that is returned as it is gets a handle of its own.
    return (Array.isArray(made) ? made : [made]).map((t) => (inputs.includes(t) ? tf.clone(t) : t))
  })
  node.outputs.forEach((value, i) => {
    own.set(value, results[i]!)
  })
  for (const value of frees) {
    own.get(value)!.dispose()
    own.delete(value)
  }
}

function stateName({ source }: Value): string {
  if (source.kind === 'state') return source.name
  throw new StudioError('internal', 'Only states can be updated.', 'Report this.')
}

function checkType(name: string, found: TensorType, type: TensorType): void {
  if (found.dtype === type.dtype && sameShape(found.shape, type.shape)) return
  throw new StudioError(
    'internal',
    `${name} is ${found.dtype} [${found.shape}], the graph expects ${type.dtype} [${type.shape}].`,
    'Report this.',
  )
}

function failure(what: string, error: unknown): StudioError {
  if (error instanceof StudioError) return error
  return new StudioError(
    'device',
    `TensorFlow ${what}: ${messageOf(error)}`,
    'If memory ran out, use a smaller batch or a shorter length, or another device; otherwise report this.',
    { cause: error },
  )
}
