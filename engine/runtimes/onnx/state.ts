/** Device state on ONNX Runtime: tensors kept between runs, two buffers each so that an update needs no allocation. */
import { Tensor } from 'onnxruntime-node'
import { StudioError } from '../../errors.ts'
import type { DType, HostTensor } from '../../graph/host-tensor.ts'
import type { DeviceState } from '../runtime.ts'

/** An ONNX Runtime tensor over the same memory. */
export function toOrt({ dtype, shape, data }: HostTensor): Tensor {
  return new Tensor(dtype, data, [...shape])
}

/** The memory of an ONNX Runtime tensor on the CPU. */
export function fromOrt(tensor: Tensor): HostTensor {
  return { dtype: tensor.type as DType, shape: tensor.dims, data: tensor.data as HostTensor['data'] }
}

function copyOf(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.slice() }
}

interface Slot {
  current: Tensor
  spare: Tensor | undefined
}

export class OnnxState implements DeviceState {
  readonly #slots = new Map<string, Slot>()

  get names(): Iterable<string> {
    return this.#slots.keys()
  }

  has(name: string): boolean {
    return this.#slots.has(name)
  }

  async write(name: string, tensor: HostTensor): Promise<void> {
    this.#slots.set(name, { current: toOrt(copyOf(tensor)), spare: undefined })
  }

  async read(name: string): Promise<HostTensor> {
    return copyOf(fromOrt(this.#slot(name).current))
  }

  /** The tensor a run reads. */
  current(name: string): Tensor {
    return this.#slot(name).current
  }

  /** The tensor a run may write its update to. */
  spare(name: string): Tensor {
    const slot = this.#slot(name)
    slot.spare ??= toOrt(copyOf(fromOrt(slot.current)))
    return slot.spare
  }

  /** Makes the update written to `spare(name)` the current tensor. */
  swap(name: string): void {
    const slot = this.#slot(name)
    if (slot.spare === undefined)
      throw new StudioError('internal', `State ${name} was not updated.`, 'Report this.')
    ;[slot.current, slot.spare] = [slot.spare, slot.current]
  }

  undo(name: string): void {
    if (this.#slot(name).spare !== undefined) this.swap(name)
  }

  remove(name: string): void {
    this.#slots.delete(name)
  }

  dispose(): void {
    this.#slots.clear()
  }

  #slot(name: string): Slot {
    const slot = this.#slots.get(name)
    if (slot === undefined)
      throw new StudioError('internal', `State ${name} was never written.`, 'Report this.')
    return slot
  }
}
