/** Which frozen weights lie on the device: each once, for as long as a program needs it. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { byteLength } from '../../../graph/host-tensor.ts'
import { constant, type Value } from '../../../graph/value.ts'
import { encode } from '../encode.ts'
import { deviceError } from '../failure.ts'
import type { OnnxProvider } from '../providers/provider.ts'
import type { Buffers } from './buffers.ts'
import { convertedWeight } from './converted-weight.ts'
import type { FedWeight } from './fed-weights.ts'
import type { Transfer } from './transfer.ts'

/** So much is on the device twice while it is being loaded. */
const GROUP_BYTES = 128 * 2 ** 20

interface Held {
  readonly tensor: Tensor
  users: number
}

export class WeightStore {
  readonly #provider: OnnxProvider
  readonly #buffers: Buffers
  readonly #transfer: Transfer
  readonly #held = new Map<string, Held>()
  /** One program is loaded after another, so that none loads what another is about to. */
  #loading: Promise<unknown> = Promise.resolve()

  constructor(provider: OnnxProvider, buffers: Buffers, transfer: Transfer) {
    this.#provider = provider
    this.#buffers = buffers
    this.#transfer = transfer
  }

  /** The buffers of these weights by name; `release` lets them go. @throws StudioError `device` where they do not fit */
  acquire(weights: ReadonlyMap<string, FedWeight>): Promise<Map<string, Tensor>> {
    const acquired = this.#loading.then(() => this.#acquire(weights))
    this.#loading = acquired.catch(() => {})
    return acquired
  }

  release(weights: ReadonlyMap<string, FedWeight>): void {
    for (const key of keysOf(weights.values())) {
      const held = this.#held.get(key)
      if (held === undefined || --held.users > 0) continue
      this.#held.delete(key)
      this.#buffers.release(held.tensor)
    }
  }

  async #acquire(weights: ReadonlyMap<string, FedWeight>): Promise<Map<string, Tensor>> {
    const missing = new Map<string, FedWeight>()
    for (const weight of weights.values())
      if (!this.#held.has(keyOf(weight))) missing.set(keyOf(weight), weight)
    try {
      for (const group of grouped([...missing.values()])) await this.#load(group)
    } catch (error) {
      for (const key of missing.keys()) this.#drop(key)
      throw deviceError(this.#provider.title, 'the base model was being loaded', error)
    }
    for (const key of keysOf(weights.values())) this.#held.get(key)!.users++
    return new Map(
      [...weights].map(([name, weight]) => [
        name,
        inShape(this.#held.get(keyOf(weight))!.tensor, weight.leaf.shape),
      ]),
    )
  }

  #drop(key: string): void {
    const held = this.#held.get(key)
    if (held === undefined) return
    this.#held.delete(key)
    this.#buffers.release(held.tensor)
  }

  async #load(group: readonly FedWeight[]): Promise<void> {
    const asStored = group.filter(({ leaf, dtype }) => leaf.dtype === dtype)
    if (asStored.length > 0) await this.#loadValues(asStored.map((weight) => [weight, weight.leaf]))
    for (const weight of group) {
      if (weight.leaf.dtype === weight.dtype) continue
      const tensor = await convertedWeight(weight)
      // The library does not take float16 from Node; as part of a model it does.
      if (tensor.dtype === 'float16') await this.#loadValues([[weight, constant(tensor)]])
      else this.#hold(weight, await this.#transfer.upload(tensor))
    }
  }

  /** By a session whose results are what the model holds, on the device; copies of them outlive it. */
  async #loadValues(group: readonly (readonly [FedWeight, Value])[]): Promise<void> {
    const outputs = Object.fromEntries(group.map(([, value], i) => [String(i), value]))
    const { bytes, folder } = encode({ outputs, updates: [] })
    const session = await InferenceSession.create(bytes, {
      executionProviders: this.#provider.executionProviders,
      preferredOutputLocation: 'gpu-buffer',
      // Otherwise results that are known beforehand would be computed on the processor.
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 4,
      ...(folder === undefined
        ? {}
        : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
    })
    try {
      const results = await session.run({})
      for (const [i, [weight]] of group.entries()) {
        const loaded = results[`output:${i}`]!
        this.#hold(weight, await this.#transfer.copy(loaded))
        loaded.dispose()
      }
    } finally {
      await session.release()
    }
  }

  #hold(weight: FedWeight, tensor: Tensor): void {
    this.#held.set(keyOf(weight), { tensor, users: 0 })
  }
}

/** Operators that read the same bytes in different shapes share one buffer. */
function keyOf({ leaf, dtype }: FedWeight): string {
  const { path, offset, bytes } = leaf.source.region
  return `${path} ${offset} ${bytes} ${leaf.dtype} ${dtype}`
}

/** The buffer of a tensor seen in another shape of as many numbers; it is let go with that tensor. */
function inShape(tensor: Tensor, shape: readonly number[]): Tensor {
  if (tensor.dims.join() === shape.join()) return tensor
  const dataType = tensor.type as Tensor.GpuBufferDataTypes
  return Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType, dims: [...shape] })
}

const keysOf = (weights: Iterable<FedWeight>): Set<string> => new Set([...weights].map(keyOf))

function grouped(weights: readonly FedWeight[]): FedWeight[][] {
  const groups: FedWeight[][] = []
  let room = 0
  for (const weight of weights) {
    const bytes = byteLength(weight.leaf)
    if (groups.length === 0 || bytes > room) {
      groups.push([])
      room = GROUP_BYTES
    }
    groups.at(-1)!.push(weight)
    room -= bytes
  }
  return groups
}
