/** Which examples stand together in a row and how wide everything is: laid down once, so that each batch is pure in (dataset, seed, step). */
import { StudioError } from '../../errors.ts'
import { createRandom, permutation } from '../random.ts'
import { bestFitDecreasing } from './packing.ts'
import { exampleAt, ignored, type TokenizedDataset } from './tokenized-dataset.ts'

export interface BatchOptions {
  /** Rows per batch. */
  readonly rows: number
  /** Places per row, virtual tokens included. */
  readonly length: number
  /** Several examples per row (true), or one and padding (false). */
  readonly packing: boolean
  /** Soft-prompt places before every example; default 0. */
  readonly virtualTokens?: number
  readonly seed: number
  /** A new order in every epoch; default true. */
  readonly shuffle?: boolean
}

export interface BatchPlan {
  readonly dataset: TokenizedDataset
  readonly options: Required<BatchOptions>
  /** Example indices of every row, before shuffling. */
  readonly layout: readonly (readonly number[])[]
  readonly batchesPerEpoch: number
  /** Places for labels in every batch: enough for any rows that may meet. */
  readonly labelSlots: number
  /** Examples longer than a row, cut at its end. */
  readonly truncated: number
  /** Examples left out because no label is left that a position could predict. */
  readonly dropped: number
  /** Labels and tokens of one epoch. */
  readonly labelsPerEpoch: number
  readonly tokensPerEpoch: number
}

/** labelSlots is a multiple of this. */
const slotStep = 8

/** @throws StudioError bad-argument for impossible sizes, bad-data when there is nothing to learn from */
export function makeBatches(dataset: TokenizedDataset, given: BatchOptions): BatchPlan {
  const options = { virtualTokens: 0, shuffle: true, ...given }
  checkOptions(options)
  if (dataset.count === 0) {
    throw new StudioError(
      'bad-data',
      'The dataset is empty: there is no example to train on.',
      'Choose a file with at least one good row; the list of bad rows says what is wrong with the others.',
    )
  }
  const room = options.length - options.virtualTokens
  const lengths = new Float64Array(dataset.count)
  const labels = new Float64Array(dataset.count)
  let truncated = 0
  for (let i = 0; i < dataset.count; i++) {
    const example = exampleAt(dataset, i)
    const length = Math.min(example.ids.length, room)
    if (length < example.ids.length) truncated++
    labels[i] = predictable(example.labels.subarray(0, length), options.virtualTokens)
    lengths[i] = labels[i]! > 0 ? length : 0
  }
  const kept = Array.from(lengths, (_, i) => i).filter((i) => lengths[i]! > 0)
  if (kept.length === 0) {
    throw new StudioError(
      'bad-data',
      truncated > 0
        ? `No label is left in any of the ${dataset.count} examples: ${truncated} are longer than the ${room} tokens of a row, and what is learned stands behind the cut.`
        : `All labels of the ${dataset.count} examples are masked: there is nothing to learn from.`,
      truncated > 0
        ? 'Choose a longer context, or shorten the prompts.'
        : 'Learn from "all" instead of the completion only, or check that the answers are not empty.',
    )
  }
  const widths = lengths.map((length) => (length > 0 ? length + options.virtualTokens : 0))
  const layout = options.packing ? bestFitDecreasing(widths, options.length) : kept.map((i) => [i])
  const perRow = layout.map((row) => row.reduce((sum, i) => sum + labels[i]!, 0))
  const fullest = perRow.toSorted((a, b) => b - a).slice(0, options.rows)
  const most = fullest.reduce((sum, count) => sum + count, 0)
  return {
    dataset,
    options,
    layout,
    batchesPerEpoch: Math.ceil(layout.length / options.rows),
    labelSlots: Math.ceil(most / slotStep) * slotStep,
    truncated,
    dropped: dataset.count - kept.length,
    labelsPerEpoch: perRow.reduce((sum, count) => sum + count, 0),
    tokensPerEpoch: lengths.reduce((sum, length) => sum + length, 0),
  }
}

/** The rows of a training step: pure in (plan, step); every epoch has its own order. */
export function rowsAt(plan: BatchPlan, step: number): (readonly number[])[] {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new StudioError('bad-argument', `There is no step ${step}.`, 'Count steps from 0.')
  }
  const epoch = Math.floor(step / plan.batchesPerEpoch)
  const first = (step % plan.batchesPerEpoch) * plan.options.rows
  const order = orderOf(plan, epoch)
  const count = Math.min(plan.options.rows, plan.layout.length - first)
  return Array.from({ length: count }, (_, i) => plan.layout[order === null ? first + i : order[first + i]!]!)
}

/** The last epoch's order of each plan, so that asking step by step does not shuffle every time. */
const orders = new WeakMap<BatchPlan, { epoch: number; order: Uint32Array }>()

function orderOf(plan: BatchPlan, epoch: number): Uint32Array | null {
  if (!plan.options.shuffle) return null
  const known = orders.get(plan)
  if (known?.epoch === epoch) return known.order
  const order = permutation(plan.layout.length, createRandom(plan.options.seed, epoch))
  orders.set(plan, { epoch, order })
  return order
}

/** Labels that some position predicts: the first token needs a virtual token before it. */
function predictable(labels: Int32Array, virtualTokens: number): number {
  let count = 0
  for (let t = virtualTokens > 0 ? 0 : 1; t < labels.length; t++) if (labels[t] !== ignored) count++
  return count
}

function checkOptions(options: Required<BatchOptions>): void {
  const { rows, length, virtualTokens, seed } = options
  const wholes: [string, number, number][] = [
    ['rows', rows, 1],
    ['length', length, 1],
    ['virtualTokens', virtualTokens, 0],
  ]
  for (const [name, value, least] of wholes) {
    if (Number.isSafeInteger(value) && value >= least) continue
    throw new StudioError(
      'bad-argument',
      `${name} is ${value}, which is not a whole number from ${least} on.`,
      `Set ${name} to ${least} or more.`,
    )
  }
  if (!Number.isSafeInteger(seed)) {
    throw new StudioError(
      'bad-argument',
      `The seed ${seed} is not a whole number.`,
      'Give a whole number as seed.',
    )
  }
  if (virtualTokens >= length) {
    throw new StudioError(
      'bad-argument',
      `${virtualTokens} virtual tokens leave no room for text in rows of ${length}.`,
      'Choose a longer context or fewer virtual tokens.',
    )
  }
}
