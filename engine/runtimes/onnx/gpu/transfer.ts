/**
 * Carries tensors to and from a graphics card. ONNX Runtime for Node has no call for it, and reading such a tensor's data aborts
 * the process; so each way is a session of one `Identity` whose result lies on the other side.
 */
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import type { DType, HostTensor } from '../../../graph/host-tensor.ts'
import { constant, type Value } from '../../../graph/value.ts'
import { cast } from '../../../ops/cast.ts'
import { encode } from '../encode.ts'
import { encodeIdentity } from '../encode-identity.ts'
import { deviceError } from '../failure.ts'
import type { OnnxProvider } from '../providers/provider.ts'
import { fromOrt, toOrt } from '../state.ts'
import type { Buffers } from './buffers.ts'

type Side = 'gpu-buffer' | 'cpu'

export class Transfer {
  readonly #provider: OnnxProvider
  readonly #sessions = new Map<string, Promise<InferenceSession>>()
  readonly #buffers: Buffers
  /** Whether the device computes with 16-bit floats. */
  readonly halves: boolean

  private constructor(provider: OnnxProvider, buffers: Buffers, halves: boolean) {
    this.#provider = provider
    this.#buffers = buffers
    this.halves = halves
  }

  /**
   * Opens the device. The first session lives as long as the process: when the last one goes, the library destroys the device
   * and every buffer on it, and using one of them then aborts the process.
   */
  static async open(provider: OnnxProvider, buffers: Buffers): Promise<Transfer> {
    const session = await createIdentity(provider, 'float32', 'gpu-buffer')
    const transfer = new Transfer(provider, buffers, await computesHalves(provider))
    transfer.#sessions.set('float32 gpu-buffer', Promise.resolve(session))
    return transfer
  }

  upload(tensor: HostTensor): Promise<Tensor> {
    return this.copy(toOrt(tensor))
  }

  /** A copy on the device, made by a session that is never released. */
  async copy(tensor: Tensor): Promise<Tensor> {
    const session = await this.#session(tensor.type as DType, 'gpu-buffer')
    return this.#buffers.hold(await this.#move(session, tensor, 'tensors were copied to it'), session)
  }

  async download(tensor: Tensor): Promise<HostTensor> {
    const session = await this.#session(tensor.type as DType, 'cpu')
    return fromOrt(await this.#move(session, tensor, 'tensors were read from it'))
  }

  async #move(session: InferenceSession, x: Tensor, doing: string): Promise<Tensor> {
    try {
      return (await session.run({ x })).y!
    } catch (error) {
      throw deviceError(this.#provider.title, doing, error)
    }
  }

  #session(dtype: DType, to: Side): Promise<InferenceSession> {
    const key = `${dtype} ${to}`
    const known = this.#sessions.get(key)
    if (known !== undefined) return known
    const made = createIdentity(this.#provider, dtype, to)
    this.#sessions.set(key, made)
    return made
  }
}

async function createIdentity(provider: OnnxProvider, dtype: DType, to: Side): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(encodeIdentity(dtype), {
      executionProviders: provider.executionProviders,
      preferredOutputLocation: to,
      logSeverityLevel: 4,
    })
  } catch (error) {
    throw deviceError(provider.title, 'it was opened', error)
  }
}

/** Tries it: the library tells a card's features to nobody. */
async function computesHalves({ executionProviders }: OnnxProvider): Promise<boolean> {
  const options = { executionProviders, logSeverityLevel: 4 } as const
  const half: Value = constant({ dtype: 'float16', shape: [1], data: Uint16Array.of(0) })
  const { bytes } = encode({ outputs: { y: cast(half, 'float32') }, updates: [] })
  const session = await InferenceSession.create(bytes, { ...options, graphOptimizationLevel: 'disabled' })
  try {
    await session.run({})
    return true
  } catch {
    return false
  } finally {
    await session.release()
  }
}
