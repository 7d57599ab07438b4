/** What the optimiser updates at a time: one trained tensor, or many small ones laid one behind another. */
import type { StateUpdate } from '../graph/graph.ts'
import { sizeOf } from '../graph/host-tensor.ts'
import { state, type Value } from '../graph/value.ts'
import { concat, split } from '../ops/layout.ts'
import { momentNames } from './adamw.ts'

/** A trained tensor's state and its gradient. */
export interface Trainable {
  readonly key: string
  readonly value: Value
  readonly gradient: Value
}

/** AdamW's operands, all of one shape. */
export interface Parameter {
  readonly value: Value
  readonly gradient: Value
  /** Averages of the gradient and of its square. */
  readonly first: Value
  readonly second: Value
  /** Stores what became of them. */
  store(value: Value, first: Value, second: Value): StateUpdate[]
}

/** Numbers in tensors that are joined, at most: seven such tensors live for a moment, 16 MiB each. */
const MOST = 2 ** 22
/** A tensor of this many keeps a device busy by itself. */
const LARGE = 2 ** 20

/**
 * One parameter for each tensor; or, `together`, one for all small tensors that differ along their first axis alone, so that a
 * dozen kernels do what a dozen for each would. Values are the same: AdamW computes element by element.
 */
export function parameters(trainable: readonly Trainable[], together: boolean): Parameter[] {
  if (!together) return trainable.map(single)
  return groups(trainable).map((group) => (group.length === 1 ? single(group[0]!) : joined(group)))
}

function single({ key, value, gradient }: Trainable): Parameter {
  const names = momentNames(key)
  const [first, second] = [state(names.first, value), state(names.second, value)]
  return {
    ...{ value, gradient, first, second },
    store: (...next) => [value, first, second].map((old, i) => ({ state: old, value: next[i]! })),
  }
}

function joined(group: readonly Trainable[]): Parameter {
  const parts = group.map(single)
  const sizes = group.map(({ value }) => value.shape[0]!)
  const join = (of: 'value' | 'gradient' | 'first' | 'second') =>
    concat(
      parts.map((part) => part[of]),
      0,
    )
  return {
    ...{ value: join('value'), gradient: join('gradient'), first: join('first'), second: join('second') },
    store: (...next) => {
      const [values, firsts, seconds] = next.map((whole) => split(whole, 0, sizes))
      return parts.flatMap((part, i) => part.store(values![i]!, firsts![i]!, seconds![i]!))
    },
  }
}

function groups(trainable: readonly Trainable[]): Trainable[][] {
  const made: Trainable[][] = []
  const open = new Map<string, { group: Trainable[]; room: number }>()
  for (const tensor of trainable) {
    const { shape } = tensor.value
    const size = sizeOf(shape)
    const alone = size >= LARGE || shape.length === 0
    const kind = shape.slice(1).join()
    let place = alone ? undefined : open.get(kind)
    if (place === undefined || place.room < size) {
      place = { group: [], room: MOST }
      made.push(place.group)
      if (!alone) open.set(kind, place)
    }
    place.group.push(tensor)
    place.room -= size
  }
  return made
}
