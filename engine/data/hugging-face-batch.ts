/** Turns what a Hugging Face data collator makes (`input_ids`, `attention_mask`, `labels`) into a batch. */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import type { Batch } from './batch.ts'

const grid = z.array(z.array(z.number().int())).min(1)

export const huggingFaceBatch = z.object({
  input_ids: grid,
  attention_mask: grid.optional(),
  labels: grid.optional(),
})

export interface HuggingFaceOptions {
  /** Virtual tokens that the method puts before every row. */
  readonly virtualTokens: number
  /** Size of the model's vocabulary; ids outside it are refused. */
  readonly vocabulary?: number
  /** One label slot for every place, so that all logits are computed; else only where a label is. */
  readonly allLogits: boolean
}

const IGNORED = -100

/**
 * Rows as they are: positions count from 0 whatever the mask says and padding is hidden on the key side, as Hugging Face
 * decoders do it. Labels are shifted: the logits of a place predict the label of the next.
 * @throws StudioError('bad-data') when the three grids do not fit each other
 */
export function batchFromHuggingFace(
  raw: unknown,
  { virtualTokens, allLogits, vocabulary = Number.POSITIVE_INFINITY }: HuggingFaceOptions,
): Batch {
  const parsed = huggingFaceBatch.safeParse(raw)
  if (!parsed.success)
    throw new StudioError(
      'bad-data',
      `The batch is not usable: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}.`,
      'Give {"input_ids": [[…]], "attention_mask": [[…]], "labels": [[…]]} with integers.',
    )
  const { input_ids: ids, attention_mask: mask, labels } = parsed.data
  const width = ids[0]!.length
  for (const part of [ids, mask ?? ids, labels ?? ids])
    if (part.length !== ids.length || part.some((row) => row.length !== width) || width === 0)
      throw new StudioError(
        'bad-data',
        'The rows of the batch differ in length.',
        'Pad every row to the same length.',
      )
  checkRange('input_ids', ids, 0, vocabulary)
  checkRange('labels', labels ?? [], IGNORED, vocabulary)
  checkRange('attention_mask', mask ?? [], 0, 2)
  const [rows, length] = [ids.length, width + virtualTokens]
  const tokens = rows * length
  const batch = {
    inputIds: new Int32Array(tokens),
    positions: new Int32Array(tokens),
    segments: new Int32Array(tokens).fill(1),
    keySegments: new Int32Array(tokens),
    virtual: new Int32Array(tokens),
  }
  const slots: { at: number; id: number; weight: number }[] = []
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < length; i++) {
      const at = row * length + i
      const token = i - virtualTokens
      batch.positions[at] = i
      batch.virtual[at] = token < 0 ? i + 1 : 0
      batch.inputIds[at] = token < 0 ? 0 : ids[row]![token]!
      batch.keySegments[at] = token < 0 ? 1 : (mask?.[row]?.[token] ?? 1)
      const label = i + 1 < length && token + 1 >= 0 ? (labels?.[row]?.[token + 1] ?? IGNORED) : IGNORED
      if (label !== IGNORED || allLogits)
        slots.push({ at, id: Math.max(0, label), weight: label === IGNORED ? 0 : 1 })
    }
  const labelCount = slots.reduce((sum, slot) => sum + slot.weight, 0)
  return {
    rows,
    length,
    labelSlots: slots.length,
    ...batch,
    labelPositions: Int32Array.from(slots, (s) => s.at),
    labelIds: Int32Array.from(slots, (s) => s.id),
    labelWeights: Float32Array.from(slots, (s) => s.weight),
    labelCount,
    tokenCount: batch.keySegments.reduce((sum, x) => sum + x, 0) - rows * virtualTokens,
    exampleCount: rows,
  }
}

/** Every value lies in [least, limit), where the negative ones may only be IGNORED. */
function checkRange(name: string, rows: readonly (readonly number[])[], least: number, limit: number): void {
  const wrong = rows.flat().find((x) => x >= limit || x < least || (x < 0 && x !== IGNORED))
  if (wrong === undefined) return
  throw new StudioError(
    'bad-data',
    `${name} holds ${wrong}, which is out of range${Number.isFinite(limit) ? ` (the limit is ${limit - 1})` : ''}.`,
    name === 'labels'
      ? 'Use -100 for places without a label.'
      : 'Check that the batch was made for this model.',
  )
}
