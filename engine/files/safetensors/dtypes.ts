/** The element types of the safetensors format: width, and the place the reference library gives them in a file. */

/** Bits per element, in the ascending order of the reference library; files are written in descending order. */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const

/** An element type as safetensors names it. */
export type SafetensorsDtype = keyof typeof DTYPE_BITS

const RANK = new Map(Object.keys(DTYPE_BITS).map((dtype, index) => [dtype, index]))

/** Whether `value` names an element type of the format. */
export function isSafetensorsDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && RANK.has(value)
}

/** Negative where `a` stands before `b` in a file: widest first, as the reference library writes them. */
export function compareDtypes(a: SafetensorsDtype, b: SafetensorsDtype): number {
  return RANK.get(b)! - RANK.get(a)!
}

/** Whether the elements are real floating-point numbers, of whatever width. */
export function isFloating(dtype: SafetensorsDtype): boolean {
  return dtype.startsWith('F') || dtype === 'BF16'
}

/** Bytes that `elements` of a type take, or undefined where they end inside a byte or exceed 2^53. */
export function bytesFor(dtype: SafetensorsDtype, elements: number): number | undefined {
  const bits = elements * DTYPE_BITS[dtype]
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : undefined
}

/** Product of the dimensions (1 for a scalar), or undefined where it exceeds 2^53 on the way. */
export function elementsOf(shape: readonly number[]): number | undefined {
  let product = 1
  for (const dimension of shape) {
    product *= dimension
    if (!Number.isSafeInteger(product)) return undefined
  }
  return product
}
