/** Whether a device computes what the reference device computes. */
import type { DeviceInfo } from '../../../engine/runtimes/index.ts'

/** What two steps gave; losses in nats, gradient norms before clipping. */
export interface StepResults {
  readonly losses: readonly number[]
  readonly gradientNorms: readonly number[]
}

interface Tolerance {
  /** Nats per nat of loss, and at least per nat. */
  readonly loss: number
  /** Share of the reference's norm. */
  readonly gradientNorm: number
}

/**
 * Two float32 implementations agree within 1e-4 over twenty steps; products in TensorFloat-32, which some GPUs use for
 * float32, differ by up to a few 1e-4. A wrong update moves the loss of the following step by far more than this.
 */
const float32Tolerance: Tolerance = { loss: 1e-3, gradientNorm: 0.02 }

/** Products rounded to 8 (bfloat16) or 11 (float16) bits of mantissa. */
const roundedTolerance: Tolerance = { loss: 0.03, gradientNorm: 0.15 }

export interface Comparison {
  /** Greatest difference of the losses, in nats; null where one is no number. */
  readonly lossDifference: number | null
  /** Undefined where the results are right. */
  readonly wrong: string | undefined
}

/** @param precision what the device says about itself: one that rounds may differ by more */
export function compareResults(
  results: StepResults,
  reference: StepResults,
  precision: DeviceInfo['precision'],
): Comparison {
  const tolerance = precision === undefined ? float32Tolerance : roundedTolerance
  const losses = results.losses.map((loss, i) => difference(loss, reference.losses[i]!))
  const lossDifference = Math.max(...losses)
  const badLoss = losses.findIndex((d, i) => d > tolerance.loss * Math.max(1, Math.abs(reference.losses[i]!)))
  const badNorm = results.gradientNorms.findIndex((norm, i) => {
    const expected = reference.gradientNorms[i]!
    return difference(norm, expected) > tolerance.gradientNorm * Math.abs(expected) + 1e-6
  })
  const said = (what: string, at: number, values: keyof StepResults) =>
    `its ${what} of step ${at + 1} is ${figure(results[values][at]!)}, the processor's is ${figure(reference[values][at]!)}`
  const wrong =
    badLoss >= 0
      ? said('loss', badLoss, 'losses')
      : badNorm >= 0
        ? said('gradient norm', badNorm, 'gradientNorms')
        : undefined
  return { lossDifference: Number.isFinite(lossDifference) ? lossDifference : null, wrong }
}

/** Infinite where one of them is no number. */
function difference(a: number, b: number): number {
  const d = Math.abs(a - b)
  return Number.isNaN(d) ? Number.POSITIVE_INFINITY : d
}

const figure = (x: number): string => (Number.isFinite(x) ? x.toPrecision(5) : String(x))
