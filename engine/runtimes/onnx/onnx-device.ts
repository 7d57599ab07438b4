/** Runs graphs on ONNX Runtime: the whole step is one session, frozen weights are mapped from their files. */
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { messageOf, StudioError } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import type { HostTensor } from '../../graph/host-tensor.ts'
import type { TensorType } from '../../graph/value.ts'
import { sameShape } from '../../ops/shapes.ts'
import type { CompileOptions, Device, DeviceState, Program } from '../runtime.ts'
import { defaultThreads } from '../threads.ts'
import { type EncodedModel, encode } from './encode.ts'
import { fromOrt, OnnxState, toOrt } from './state.ts'

export function openOnnxDevice(id: string): Device {
  return { id, createState: () => new OnnxState(), compile }
}

async function compile(graph: Graph, options: CompileOptions = {}): Promise<Program> {
  const model = encode(graph, { mapWeights: true })
  try {
    return new OnnxProgram(model, await InferenceSession.create(model.bytes, sessionOptions(model, options)))
  } catch (error) {
    throw new StudioError(
      'device',
      `ONNX Runtime could not compile the step: ${messageOf(error)}`,
      'If memory ran out, use the low-memory profile, a smaller batch or a shorter length; otherwise report this.',
      { cause: error },
    )
  }
}

/**
 * `fast`: weights of the forward pass are rearranged for the matrix kernels (a second copy in anonymous memory); the gradient
 * reads them where they are mapped. `low-memory`: both passes read the mapped files.
 */
function sessionOptions(model: EncodedModel, options: CompileOptions): InferenceSession.SessionOptions {
  const low = options.profile === 'low-memory'
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? defaultThreads(),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // The pattern reserves one block for a whole step beside what the first step took: twice the memory, and no time is saved.
    enableMemPattern: false,
    // The arena keeps what a step used for the next one (about a tenth of the time), in blocks that grow by powers of two.
    enableCpuMemArena: !low,
    logSeverityLevel: 3,
    enableProfiling: options.profileTo !== undefined,
    ...(options.profileTo === undefined ? {} : { profileFilePrefix: options.profileTo }),
    extra: {
      session: {
        ...(low ? { disable_prepacking: '1' } : {}),
        ...(model.folder === undefined ? {} : { model_external_initializers_file_folder_path: model.folder }),
      },
    },
  }
}

class OnnxProgram implements Program {
  readonly #model: EncodedModel
  readonly #session: InferenceSession

  constructor(model: EncodedModel, session: InferenceSession) {
    this.#model = model
    this.#session = session
  }

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    state: DeviceState,
  ): Promise<Record<string, HostTensor>> {
    if (!(state instanceof OnnxState))
      throw new StudioError('internal', 'This state belongs to another runtime.', 'Report this.')
    const ortFeeds: Record<string, Tensor> = {}
    for (const [name, type] of this.#model.inputs) {
      const fed = feeds[name]
      if (fed === undefined) throw new StudioError('internal', `Input ${name} was not fed.`, 'Report this.')
      checkType(name, fed, type)
      ortFeeds[`input:${name}`] = toOrt(fed)
    }
    for (const [name, type] of this.#model.states) {
      const tensor = state.current(name)
      checkType(name, fromOrt(tensor), type)
      ortFeeds[`state:${name}`] = tensor
    }
    const fetches: Record<string, Tensor | null> = {}
    for (const name of this.#model.outputs) fetches[`output:${name}`] = null
    for (const [name, output] of this.#model.updates) fetches[output] = state.spare(name)

    const results = await this.#session.run(ortFeeds, fetches).catch((error: unknown) => {
      throw new StudioError(
        'device',
        `ONNX Runtime failed during a step: ${messageOf(error)}`,
        'If memory ran out, use the low-memory profile, a smaller batch or a shorter length; otherwise report this.',
        { cause: error },
      )
    })
    for (const name of this.#model.updates.keys()) state.swap(name)
    return Object.fromEntries(this.#model.outputs.map((name) => [name, fromOrt(results[`output:${name}`]!)]))
  }

  async dispose(): Promise<void> {
    await this.#session.release()
  }
}

function checkType(name: string, tensor: HostTensor, type: TensorType): void {
  if (tensor.dtype === type.dtype && sameShape(tensor.shape, type.shape)) return
  throw new StudioError(
    'internal',
    `${name} is ${tensor.dtype} [${tensor.shape}], the graph expects ${type.dtype} [${type.shape}].`,
    'Report this.',
  )
}
