/** Device state on a graphics card: tensors are buffers that stay there; a run's updates become the next run's operands. */
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { HostTensor } from '../../../graph/host-tensor.ts'
import { type OnnxState, Slots } from '../state.ts'
import type { Buffers } from './buffers.ts'
import type { Transfer } from './transfer.ts'

export class GpuState extends Slots implements OnnxState {
  readonly #transfer: Transfer
  readonly #buffers: Buffers

  constructor(transfer: Transfer, buffers: Buffers) {
    super()
    this.#transfer = transfer
    this.#buffers = buffers
  }

  async write(name: string, tensor: HostTensor): Promise<void> {
    this.put(name, await this.#transfer.upload(tensor))
  }

  read(name: string): Promise<HostTensor> {
    return this.#transfer.download(this.current(name))
  }

  target(): null {
    return null
  }

  replace(name: string, updated: Tensor, maker: InferenceSession): void {
    const slot = this.slot(name)
    if (slot.previous) this.release(slot.previous)
    slot.previous = slot.current
    slot.current = this.#buffers.hold(updated, maker)
  }

  protected release(tensor: Tensor): void {
    this.#buffers.release(tensor)
  }
}
