/** Fills the arrays of a batch from the rows of a plan. */
import type { Batch } from '../batch.ts'
import { type BatchPlan, rowsAt } from './batch-plan.ts'
import { exampleAt, ignored } from './tokenized-dataset.ts'

/** The batch of a training step (from 0): a pure function of (dataset, seed, step). Empty places are filler. */
export function batchAt(plan: BatchPlan, step: number): Batch {
  return fill(plan, rowsAt(plan, step))
}

/** Everything once, in the order of the layout; the last batch may have filler rows. For evaluation. */
export function* allBatches(plan: BatchPlan): Generator<Batch> {
  for (let first = 0; first < plan.layout.length; first += plan.options.rows) {
    yield fill(plan, plan.layout.slice(first, first + plan.options.rows))
  }
}

function fill(plan: BatchPlan, layout: readonly (readonly number[])[]): Batch {
  const { rows, length, virtualTokens } = plan.options
  const inputIds = new Int32Array(rows * length)
  const positions = new Int32Array(rows * length)
  const segments = new Int32Array(rows * length)
  const virtual = new Int32Array(rows * length)
  const labelPositions = new Int32Array(plan.labelSlots)
  const labelIds = new Int32Array(plan.labelSlots)
  const labelWeights = new Float32Array(plan.labelSlots)
  let labelCount = 0
  let tokenCount = 0
  let exampleCount = 0
  for (const [row, members] of layout.entries()) {
    let at = row * length
    for (const [m, index] of members.entries()) {
      const { ids, labels } = exampleAt(plan.dataset, index)
      const tokens = Math.min(ids.length, length - virtualTokens)
      const total = virtualTokens + tokens
      for (let i = 0; i < total; i++) {
        positions[at + i] = i
        segments[at + i] = m + 1
        if (i < virtualTokens) virtual[at + i] = i + 1
        else inputIds[at + i] = ids[i - virtualTokens]!
      }
      // The position before a token predicts it; the first token has one only behind a virtual token.
      for (let t = virtualTokens > 0 ? 0 : 1; t < tokens; t++) {
        if (labels[t] === ignored) continue
        labelPositions[labelCount] = at + virtualTokens + t - 1
        labelIds[labelCount] = labels[t]!
        labelWeights[labelCount] = 1
        labelCount++
      }
      at += total
      tokenCount += tokens
      exampleCount++
    }
  }
  return {
    rows,
    length,
    labelSlots: plan.labelSlots,
    inputIds,
    positions,
    segments,
    virtual,
    labelPositions,
    labelIds,
    labelWeights,
    labelCount,
    tokenCount,
    exampleCount,
  }
}
