/** A compiled graph: one session, run on what it is fed, the weights that lie on its device, and a state. */
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { StudioError } from '../../errors.ts'
import type { HostTensor } from '../../graph/host-tensor.ts'
import type { TensorType } from '../../graph/value.ts'
import { sameShape } from '../../ops/shapes.ts'
import type { DeviceState, Program } from '../runtime.ts'
import type { Held } from './compile-session.ts'
import type { EncodedModel } from './encode.ts'
import { deviceError } from './failure.ts'
import { GpuState } from './gpu/gpu-state.ts'
import { fromOrt, HostState, type OnnxState, toOrt } from './state.ts'

export interface ProgramParts {
  /** Of the device. */
  readonly title: string
  readonly model: EncodedModel
  readonly session: InferenceSession
  readonly held: Held
  /** Whether a trace is to be written at the end. */
  readonly profiled: boolean
}

export class OnnxProgram implements Program {
  readonly #parts: ProgramParts

  constructor(parts: ProgramParts) {
    this.#parts = parts
  }

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    state: DeviceState,
  ): Promise<Record<string, HostTensor>> {
    const { title, model, session } = this.#parts
    const kept = onnxState(state)
    const fetches: Record<string, Tensor | null> = {}
    for (const name of model.outputs) fetches[`output:${name}`] = null
    for (const [name, output] of model.updates) fetches[output] = kept.target(name)

    const results = await session.run(this.#operands(feeds, kept), fetches).catch((error: unknown) => {
      throw deviceError(title, 'a step was computed', error)
    })
    for (const [name, output] of model.updates) kept.replace(name, results[output]!, session)
    return Object.fromEntries(model.outputs.map((name) => [name, fromOrt(results[`output:${name}`]!)]))
  }

  async dispose(): Promise<void> {
    const { held, session, profiled } = this.#parts
    // The session itself may have to wait for a state that holds what it made.
    if (profiled) session.endProfiling()
    await held.release(session)
  }

  #operands(feeds: Readonly<Record<string, HostTensor>>, state: OnnxState): Record<string, Tensor> {
    const { model, held } = this.#parts
    const operands: Record<string, Tensor> = {}
    for (const [name, type] of model.inputs) {
      const onDevice = held.tensors.get(name)
      const fed = feeds[name]
      if (onDevice === undefined) {
        if (fed === undefined) throw new StudioError('internal', `Input ${name} was not fed.`, 'Report this.')
        checkType(name, fed.dtype, fed.shape, type)
      }
      operands[`input:${name}`] = onDevice ?? toOrt(fed!)
    }
    for (const [name, type] of model.states) {
      const tensor = state.current(name)
      checkType(name, tensor.type, tensor.dims, type)
      operands[`state:${name}`] = tensor
    }
    return operands
  }
}

function onnxState(state: DeviceState): OnnxState {
  if (state instanceof HostState || state instanceof GpuState) return state
  throw new StudioError('internal', 'This state belongs to another runtime.', 'Report this.')
}

function checkType(name: string, dtype: string, shape: readonly number[], type: TensorType): void {
  if (dtype === type.dtype && sameShape(shape, type.shape)) return
  throw new StudioError(
    'internal',
    `${name} is ${dtype} [${shape}], the graph expects ${type.dtype} [${type.shape}].`,
    'Report this.',
  )
}
