/** Sine and cosine from products and sums, for devices without these operators. */
import { scalar, type Value } from '../graph/value.ts'
import { add, mul, scale, sub } from './arithmetic.ts'
import { cast } from './cast.ts'

/** 2π as a sum whose first two terms have few digits, so that their products with whole numbers below 2¹⁶ are exact (Cody and Waite). */
const TURN = [6.28125, 0.0019350051879882812, 3.01991598195675e-7] as const

/** Polynomials of a quarter turn's half, |h| ≤ π/4, from Cephes' `sinf` and `cosf`: highest power of h² first. */
const SINE = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1, 1]
const COSINE = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5, 1]

const polynomial = (coefficients: readonly number[], z: Value): Value =>
  coefficients.slice(1).reduce<Value>((sum, c) => add(mul(sum, z), scalar(c)), scalar(coefficients[0]!))

const truncated = (x: Value): Value => cast(cast(x, 'int32'), 'float32')

/**
 * sin x and cos x to 6·10⁻⁷ for |x| below 4·10⁵: whole turns are taken away, a quarter of the rest is put into the
 * polynomials, and the angle is doubled twice (sin 2a = 2·sin a·cos a, cos 2a = 1 − 2·sin² a).
 */
export function composedSinCos(x: Value): { sin: Value; cos: Value } {
  const turns = scale(x, 1 / (2 * Math.PI))
  // ⌊2y⌋ = ⌊y⌋ + ⌊y + ½⌋, so this is the nearest whole number.
  const whole = sub(truncated(scale(turns, 2)), truncated(turns))
  const rest = TURN.reduce<Value>((left, part) => sub(left, scale(whole, part)), x)
  const h = scale(rest, 0.25)
  const z = mul(h, h)
  const doubled = ({ sin, cos }: { sin: Value; cos: Value }) => ({
    sin: scale(mul(sin, cos), 2),
    cos: sub(scalar(1), scale(mul(sin, sin), 2)),
  })
  return doubled(doubled({ sin: mul(h, polynomial(SINE, z)), cos: polynomial(COSINE, z) }))
}
