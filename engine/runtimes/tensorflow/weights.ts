/** Frozen tensors of files, uploaded once per device and shared by its programs. */
import { open } from 'node:fs/promises'
import { diskError, StudioError } from '../../errors.ts'
import { readInto } from '../../files/safetensors/header.ts'
import { byteLength, type DType, type HostTensor } from '../../graph/host-tensor.ts'
import type { Value, WeightSource } from '../../graph/value.ts'
import type { Tensor, Tensorflow } from './lowering.ts'
import { toTensor } from './tensors.ts'

interface Shared {
  readonly tensor: Promise<Tensor>
  users: number
}

export class WeightStore {
  readonly #tf: Tensorflow
  readonly #activate: () => void
  readonly #shared = new Map<string, Shared>()

  /** @param activate makes the device's own backend the present one */
  constructor(tf: Tensorflow, activate: () => void) {
    this.#tf = tf
    this.#activate = activate
  }

  /** The tensor of a weight leaf, which stays the store's own. Every call needs a `release`. */
  acquire(leaf: Value): Promise<Tensor> {
    const key = keyOf(leaf)
    const known = this.#shared.get(key)
    if (known) {
      known.users++
      return known.tensor
    }
    const tensor = this.#upload(leaf)
    this.#shared.set(key, { tensor, users: 1 })
    tensor.catch(() => this.#shared.delete(key))
    return tensor
  }

  /** The last user's release frees the memory. */
  async release(leaf: Value): Promise<void> {
    const key = keyOf(leaf)
    const shared = this.#shared.get(key)
    if (shared === undefined || --shared.users > 0) return
    this.#shared.delete(key)
    const tensor = await shared.tensor
    tensor.dispose()
  }

  async #upload(leaf: Value): Promise<Tensor> {
    const stored = await readStored(leaf)
    this.#activate()
    return this.#tf.keep(toTensor(this.#tf, stored))
  }
}

function weightOf({ source }: Value): WeightSource {
  if (source.kind === 'weight') return source
  throw new StudioError('internal', 'Only weights are shared.', 'Report this.')
}

function keyOf(leaf: Value): string {
  const { path, offset } = weightOf(leaf).region
  return `${path}:${offset}:${leaf.dtype}[${leaf.shape}]`
}

const arrays: Readonly<Record<DType, new (bytes: ArrayBuffer) => HostTensor['data']>> = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint4: Uint8Array,
  bool: Uint8Array,
}

async function readStored(leaf: Value): Promise<HostTensor> {
  const { path, offset } = weightOf(leaf).region
  const bytes = new ArrayBuffer(byteLength(leaf))
  try {
    const file = await open(path, 'r')
    try {
      await readInto(file, path, offset, new Uint8Array(bytes))
    } finally {
      await file.close()
    }
  } catch (error) {
    throw diskError('read', path, error)
  }
  return { dtype: leaf.dtype, shape: leaf.shape, data: new arrays[leaf.dtype](bytes) } as HostTensor
}
