/** The forward graph of a model with a method for one batch shape: inputs, logits at the labels, loss. */
import type { Batch } from '../data/batch.ts'
import { float32, type HostTensor, int32 } from '../graph/host-tensor.ts'
import { input, inScope, type Value } from '../graph/value.ts'
import { type AttachedModel, attach } from '../methods/attach.ts'
import type { AnyMethod } from '../methods/index.ts'
import type { ModelInputs } from '../models/architecture.ts'
import { segmentMask } from '../models/attention.ts'
import type { LoadedModel } from '../models/load.ts'
import { mul, sub } from '../ops/arithmetic.ts'
import { stopGradient } from '../ops/cast.ts'
import { gather, gatherElements } from '../ops/gather.ts'
import { reshape } from '../ops/layout.ts'
import { exp, log } from '../ops/math.ts'
import { reduceMax, reduceSum, sumAll } from '../ops/reduce.ts'

export type BatchShape = Pick<Batch, 'rows' | 'length' | 'labelSlots'>

export interface ModelGraph {
  readonly attached: AttachedModel
  /** [label slots, vocabulary] */
  readonly logits: Value
  /** Loss of each label slot, [label slots]. */
  readonly losses: Value
  /** Σ weight·loss, shape []. */
  readonly lossSum: Value
}

/**
 * −log softmax(logits)[label] per row.
 * @param logits [n, vocabulary] @param labels int32 [n]
 * @returns [n]
 */
export function crossEntropy(logits: Value, labels: Value): Value {
  const n = logits.shape[0]!
  // Shifting by the maximum changes nothing mathematically, so no gradient flows through it. The label's logit is shifted by
  // itself, so that the runtime may compute the exponentials in place.
  const greatest = stopGradient(reduceMax(logits, [-1]))
  const logSum = log(reduceSum(exp(sub(logits, greatest)), [-1]))
  const label = sub(gatherElements(logits, reshape(labels, [n, 1]), 1), greatest)
  return reshape(sub(logSum, label), [n])
}

/** @param training whether dropout is active */
export function modelGraph(
  loaded: LoadedModel,
  method: AnyMethod,
  config: unknown,
  { rows, length, labelSlots }: BatchShape,
  training: boolean,
  adapterName?: string,
): ModelGraph {
  const tokens = rows * length
  const ints = (name: string, shape: readonly number[]) => input(name, { dtype: 'int32', shape })
  const segments = ints('segments', [rows, length])
  const keySegments = ints('key_segments', [rows, length])
  const attached = attach(loaded, method, config, {
    training,
    virtual: ints('virtual', [tokens]),
    segments,
    ...(adapterName === undefined ? {} : { adapterName }),
  })
  const masks = new Map<number | undefined, Value>()
  const inputs: ModelInputs = {
    rows,
    length,
    ids: ints('input_ids', [tokens]),
    positions: ints('positions', [tokens]),
    longest: length,
    prefixLength: method.prefixLength?.(config) ?? 0,
    mask(window) {
      const known = masks.get(window)
      if (known) return known
      const made = inScope('mask', () => segmentMask(segments, keySegments, window))
      masks.set(window, made)
      return made
    },
  }
  const hidden = loaded.model.hidden(attached, inputs)
  const picked = inScope('labels', () => gather(hidden, ints('label_positions', [labelSlots])))
  const logits = loaded.model.logits(attached, picked)
  return inScope('loss', () => {
    const losses = crossEntropy(logits, ints('label_ids', [labelSlots]))
    const weights = input('label_weights', { dtype: 'float32', shape: [labelSlots] })
    return { attached, logits, losses, lossSum: sumAll(mul(losses, weights)) }
  })
}

/** The inputs of `modelGraph` for a batch. */
export function batchFeeds(batch: Batch): Record<string, HostTensor> {
  const { rows, length, labelSlots } = batch
  return {
    input_ids: int32([rows * length], batch.inputIds),
    positions: int32([rows * length], batch.positions),
    segments: int32([rows, length], batch.segments),
    key_segments: int32([rows, length], batch.keySegments ?? batch.segments),
    virtual: int32([rows * length], batch.virtual),
    label_positions: int32([labelSlots], batch.labelPositions),
    label_ids: int32([labelSlots], batch.labelIds),
    label_weights: float32([labelSlots], batch.labelWeights),
  }
}
