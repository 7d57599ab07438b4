/** Conversions between float32 and the two 16-bit floats of model files; half values travel as bit patterns. */

const EXPONENT = 0x7f800000
const MAGNITUDE = 0x7fffffff

/** Bits of the float32 with the value of a float16 bit pattern. */
function widen(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0x1f) return sign | EXPONENT | (mantissa << 13)
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (mantissa << 13)
  if (mantissa === 0) return sign
  // Subnormal: shift the leading one to bit 10, where a normal number has its implicit one.
  const shift = Math.clz32(mantissa) - 21
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)
}

let widened: Uint32Array | undefined

function wideningTable(): Uint32Array {
  widened ??= Uint32Array.from({ length: 65536 }, (_, half) => widen(half))
  return widened
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length)
}

/** Float16 bit patterns → float32 (exact; NaN payloads kept). `target` must have room for `source.length` numbers. */
export function float16ToFloat32(
  source: Uint16Array,
  target: Float32Array = new Float32Array(source.length),
): Float32Array {
  const table = wideningTable()
  const bits = bitsOf(target)
  for (let i = 0; i < source.length; i++) bits[i] = table[source[i]!]!
  return target
}

/** Bfloat16 bit patterns → float32 (exact). `target` must have room for `source.length` numbers. */
export function bfloat16ToFloat32(
  source: Uint16Array,
  target: Float32Array = new Float32Array(source.length),
): Float32Array {
  const bits = bitsOf(target)
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16
  return target
}

/** Float32 → float16 bit patterns, to nearest with ties to even; too large becomes infinite, NaN becomes quiet. */
export function float32ToFloat16(
  source: Float32Array,
  target: Uint16Array = new Uint16Array(source.length),
): Uint16Array {
  const bits = bitsOf(source)
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!
    const sign = (value >>> 16) & 0x8000
    const magnitude = value & MAGNITUDE
    let half: number
    if (magnitude >= 0x47800000) {
      // 2^16 and above, infinity, NaN.
      half = magnitude > EXPONENT ? 0x7e00 | ((magnitude >> 13) & 0x3ff) : 0x7c00
    } else if (magnitude >= 0x38800000) {
      // Normal range: re-bias the exponent; a carry out of the mantissa moves into it, up to infinity.
      half = (magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13
    } else if (magnitude >= 0x33000000) {
      // Subnormal range: the mantissa with its implicit one, shifted to units of 2^-24.
      const mantissa = (magnitude & 0x7fffff) | 0x800000
      const shift = 126 - (magnitude >> 23)
      half = (mantissa + (1 << (shift - 1)) - 1 + ((mantissa >> shift) & 1)) >> shift
    } else {
      half = 0
    }
    target[i] = sign | half
  }
  return target
}

/** Float32 → bfloat16 bit patterns, to nearest with ties to even; too large becomes infinite, NaN becomes quiet. */
export function float32ToBfloat16(
  source: Float32Array,
  target: Uint16Array = new Uint16Array(source.length),
): Uint16Array {
  const bits = bitsOf(source)
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!
    target[i] =
      (value & MAGNITUDE) > EXPONENT ? (value >>> 16) | 0x40 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16
  }
  return target
}
