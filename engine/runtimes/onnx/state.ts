/** Device state in ordinary memory: two buffers for each tensor, so that an update needs no allocation. */
import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { StudioError } from '../../errors.ts'
import type { DType, HostTensor } from '../../graph/host-tensor.ts'
import type { DeviceState } from '../runtime.ts'

/** A state whose tensors a session of ONNX Runtime reads and replaces. */
export interface OnnxState extends DeviceState {
  /** The tensor a run reads. */
  current(name: string): Tensor
  /** The tensor a run writes its update to; null = a new one. */
  target(name: string): Tensor | null
  /** Makes what a run of `maker` wrote the current tensor; the one before is kept for `undo`. */
  replace(name: string, updated: Tensor, maker: InferenceSession): void
}

/** An ONNX Runtime tensor over the same memory. */
export function toOrt({ dtype, shape, data }: HostTensor): Tensor {
  return new Tensor(dtype as Tensor.Type, data, [...shape])
}

/** The memory of an ONNX Runtime tensor on the CPU. */
export function fromOrt(tensor: Tensor): HostTensor {
  return { dtype: tensor.type as DType, shape: tensor.dims, data: tensor.data as HostTensor['data'] }
}

function copyOf(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.slice() }
}

/** The tensor that is read, and the one before the last update. */
interface Slot {
  current: Tensor
  previous: Tensor | undefined
}

/** Slots by name; what happens to a tensor that is let go is for the subclass to say. */
export abstract class Slots {
  readonly #slots = new Map<string, Slot>()
  protected abstract release(tensor: Tensor): void

  get names(): Iterable<string> {
    return this.#slots.keys()
  }

  has(name: string): boolean {
    return this.#slots.has(name)
  }

  current(name: string): Tensor {
    return this.slot(name).current
  }

  undo(name: string): void {
    const slot = this.slot(name)
    if (slot.previous !== undefined) [slot.current, slot.previous] = [slot.previous, slot.current]
  }

  remove(name: string): void {
    const slot = this.#slots.get(name)
    if (slot === undefined) return
    this.#slots.delete(name)
    for (const tensor of [slot.current, slot.previous]) if (tensor) this.release(tensor)
  }

  dispose(): void {
    for (const name of [...this.#slots.keys()]) this.remove(name)
  }

  protected put(name: string, current: Tensor): void {
    this.remove(name)
    this.#slots.set(name, { current, previous: undefined })
  }

  protected slot(name: string): Slot {
    const slot = this.#slots.get(name)
    if (slot === undefined)
      throw new StudioError('internal', `State ${name} was never written.`, 'Report this.')
    return slot
  }
}

export class HostState extends Slots implements OnnxState {
  async write(name: string, tensor: HostTensor): Promise<void> {
    this.put(name, toOrt(copyOf(tensor)))
  }

  async read(name: string): Promise<HostTensor> {
    return copyOf(fromOrt(this.current(name)))
  }

  target(name: string): Tensor {
    const slot = this.slot(name)
    slot.previous ??= toOrt(copyOf(fromOrt(slot.current)))
    return slot.previous
  }

  replace(name: string): void {
    this.undo(name)
  }

  protected release(): void {}
}
