/** A graphics card: states and frozen weights stay on it, operators that it lacks are composed of others. */
import type { InferenceSession } from 'onnxruntime-node'
import type { Graph } from '../../../graph/graph.ts'
import { lower } from '../../../graph/lower.ts'
import { compositionOn } from '../../../graph/op.ts'
import type { CompileOptions, Device, DeviceState, Program } from '../../runtime.ts'
import { compileSession } from '../compile-session.ts'
import type { OnnxProvider } from '../providers/provider.ts'
import { Buffers } from './buffers.ts'
import { feedWeights } from './fed-weights.ts'
import { GpuState } from './gpu-state.ts'
import { Transfer } from './transfer.ts'
import { WeightStore } from './weight-store.ts'

/** @throws StudioError `device` where it does not open */
export async function openGpuDevice(provider: OnnxProvider): Promise<GpuDevice> {
  const buffers = new Buffers()
  return new GpuDevice(provider, buffers, await Transfer.open(provider, buffers))
}

export class GpuDevice implements Device {
  readonly id: string
  /** A kernel takes the host about 40 µs here (bench/profile.ts), a small one the card far less. */
  readonly joinsUpdates = true
  readonly #provider: OnnxProvider
  readonly #buffers: Buffers
  readonly #transfer: Transfer
  readonly #weights: WeightStore

  constructor(provider: OnnxProvider, buffers: Buffers, transfer: Transfer) {
    this.id = provider.id
    this.#provider = provider
    this.#buffers = buffers
    this.#transfer = transfer
    this.#weights = new WeightStore(provider, buffers, transfer)
  }

  /** Number of buffers that states and weights hold at present. */
  get buffers(): number {
    return this.#buffers.size
  }

  createState(): DeviceState {
    return new GpuState(this.#transfer, this.#buffers)
  }

  async compile(graph: Graph, options: CompileOptions = {}): Promise<Program> {
    const known = lower(graph, { node: (node) => compositionOn(node.op, 'webgpu')?.(node) })
    const { graph: fed, weights } = feedWeights(known, this.#transfer.halves)
    const tensors = await this.#weights.acquire(weights)
    const release = async (session: InferenceSession) => {
      this.#weights.release(weights)
      await this.#buffers.retire(session)
    }
    try {
      return await compileSession(this.#provider, fed, options, { tensors, release })
    } catch (error) {
      this.#weights.release(weights)
      throw error
    }
  }
}
