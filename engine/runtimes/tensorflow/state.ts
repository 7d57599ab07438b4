/** Device state on TensorFlow: tensors kept between runs, each with the one before its last update. */
import { StudioError } from '../../errors.ts'
import type { HostTensor } from '../../graph/host-tensor.ts'
import type { TensorType } from '../../graph/value.ts'
import type { DeviceState } from '../runtime.ts'
import type { Tensor, Tensorflow } from './lowering.ts'
import { fromTensor, toTensor } from './tensors.ts'

interface Slot {
  readonly type: TensorType
  current: Tensor
  previous: Tensor | undefined
}

export class TensorflowState implements DeviceState {
  readonly #slots = new Map<string, Slot>()
  readonly #tf: Tensorflow
  readonly #activate: () => void

  /** @param activate makes the state's own backend the present one */
  constructor(tf: Tensorflow, activate: () => void) {
    this.#tf = tf
    this.#activate = activate
  }

  get names(): Iterable<string> {
    return this.#slots.keys()
  }

  has(name: string): boolean {
    return this.#slots.has(name)
  }

  async write(name: string, tensor: HostTensor): Promise<void> {
    this.remove(name)
    this.#activate()
    const copy = toTensor(this.#tf, { ...tensor, data: tensor.data.slice() } as HostTensor)
    this.#slots.set(name, { type: tensor, current: this.#tf.keep(copy), previous: undefined })
  }

  read(name: string): Promise<HostTensor> {
    const { current, type } = this.#slot(name)
    return fromTensor(current, type)
  }

  /** The tensor that a run reads; it stays the state's own. */
  current(name: string): Tensor {
    return this.#slot(name).current
  }

  typeOf(name: string): TensorType {
    return this.#slot(name).type
  }

  /** Takes over the tensor that replaces the present one. */
  update(name: string, tensor: Tensor): void {
    const slot = this.#slot(name)
    slot.previous?.dispose()
    slot.previous = slot.current
    slot.current = this.#tf.keep(tensor)
  }

  undo(name: string): void {
    const slot = this.#slot(name)
    if (slot.previous === undefined) return
    ;[slot.current, slot.previous] = [slot.previous, slot.current]
  }

  remove(name: string): void {
    const slot = this.#slots.get(name)
    slot?.current.dispose()
    slot?.previous?.dispose()
    this.#slots.delete(name)
  }

  dispose(): void {
    for (const name of [...this.#slots.keys()]) this.remove(name)
  }

  #slot(name: string): Slot {
    const slot = this.#slots.get(name)
    if (slot === undefined)
      throw new StudioError('internal', `State ${name} was never written.`, 'Report this.')
    return slot
  }
}
