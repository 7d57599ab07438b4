/**
 * Exponential mean without the bias of its start: s_n = Σ wⁿ⁻ⁱ·y_i / Σ wⁿ⁻ⁱ, computed over every stored value. It is made
 * before curves are reduced to buckets, so what is drawn is exact whatever the width of a bucket.
 *
 * The window is that of a moving average whose values are as old on average: w = (window − 1) / (window + 1).
 */

/** Smoothed values of the first `count` places; values that are not finite change nothing, before the first it is NaN. */
export function smoothed(values: Float64Array, window: number, count = values.length): Float64Array {
  const weight = (window - 1) / (window + 1)
  const result = new Float64Array(count)
  let [sum, mass] = [0, 0]
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    if (Number.isFinite(value)) {
      sum = sum * weight + value
      mass = mass * weight + 1
    }
    result[i] = sum / mass
  }
  return result
}
