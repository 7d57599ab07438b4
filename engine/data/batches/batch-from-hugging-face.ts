/** A batch as Hugging Face models take it (padded ids, attention mask, labels), for probes against the reference. */
import { StudioError } from '../../errors.ts'
import type { Batch } from '../batch.ts'
import { ignored } from './tokenized-dataset.ts'

/** Rows of equal length. */
export interface HuggingFaceBatch {
  readonly input_ids: readonly (readonly number[])[]
  readonly attention_mask?: readonly (readonly number[])[]
  readonly labels?: readonly (readonly number[])[]
}

export interface FromHuggingFaceOptions {
  /** Soft-prompt places put before every row. */
  readonly virtualTokens: number
  /** Logits at every position (weight 0 where no label is), else only where a label is. */
  readonly allLogits: boolean
}

/**
 * Positions count from 0 whatever the mask says, the mask hides keys only, and the label of a token is predicted one
 * place earlier, as in the causal models of transformers (with PEFT's prefix of virtual tokens, whose labels are -100).
 */
export function batchFromHuggingFace(given: HuggingFaceBatch, options: FromHuggingFaceOptions): Batch {
  const rows = given.input_ids.length
  const width = given.input_ids[0]?.length ?? 0
  checkShape('input_ids', given.input_ids, rows, width)
  if (given.attention_mask) checkShape('attention_mask', given.attention_mask, rows, width)
  if (given.labels) checkShape('labels', given.labels, rows, width)
  const { virtualTokens, allLogits } = options
  const length = virtualTokens + width
  const inputIds = new Int32Array(rows * length)
  const positions = new Int32Array(rows * length)
  const keySegments = new Int32Array(rows * length).fill(1)
  const virtual = new Int32Array(rows * length)
  const labels: { position: number; id: number }[] = []
  let tokenCount = 0
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < length; i++) {
      const at = row * length + i
      positions[at] = i
      if (i < virtualTokens) {
        virtual[at] = i + 1
        continue
      }
      const t = i - virtualTokens
      inputIds[at] = given.input_ids[row]![t]!
      const seen = given.attention_mask?.[row]![t] ?? 1
      keySegments[at] = seen
      tokenCount += seen
      const label = given.labels?.[row]![t] ?? ignored
      if (label !== ignored && i > 0) labels.push({ position: at - 1, id: label })
    }
  }
  const labelSlots = allLogits ? rows * length : Math.max(1, labels.length)
  const labelPositions = new Int32Array(labelSlots)
  const labelIds = new Int32Array(labelSlots)
  const labelWeights = new Float32Array(labelSlots)
  if (allLogits) for (let i = 0; i < labelSlots; i++) labelPositions[i] = i
  for (const [i, { position, id }] of labels.entries()) {
    const slot = allLogits ? position : i
    labelPositions[slot] = position
    labelIds[slot] = id
    labelWeights[slot] = 1
  }
  return {
    rows,
    length,
    labelSlots,
    inputIds,
    positions,
    segments: new Int32Array(rows * length).fill(1),
    keySegments,
    virtual,
    labelPositions,
    labelIds,
    labelWeights,
    labelCount: labels.length,
    tokenCount,
    exampleCount: rows,
  }
}

function checkShape(name: string, values: readonly (readonly number[])[], rows: number, width: number): void {
  const fits =
    values.length === rows && values.every((row) => row.length === width && row.every(Number.isInteger))
  if (fits && rows > 0 && width > 0) return
  throw new StudioError(
    'bad-argument',
    `${name} is not a table of whole numbers with ${rows} rows of ${width}.`,
    'Give input_ids, attention_mask and labels as lists of lists of the same shape.',
  )
}
