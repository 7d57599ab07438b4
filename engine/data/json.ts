/** JSON as Python reads it: 1.0 stays a float and whole numbers keep all their digits, because chat templates print them. */

/** A float that JavaScript would take for a whole number (1.0, 1e3). */
export class JsonFloat {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  toJSON(): number {
    return this.value
  }
}

/** Only then is the slow way with every number's source text needed. */
const delicate = /\d\.0*(?!\d)|\d[eE][+-]?\d|\d{16}/

/**
 * JSON.parse, except that whole-valued floats become JsonFloat and integers beyond 2⁵³ bigint.
 * @throws SyntaxError like JSON.parse
 */
export function parseJson(text: string): unknown {
  if (!delicate.test(text)) return JSON.parse(text)
  // The third argument (the source text of primitives) is newer than TypeScript's declaration.
  const revive = (_key: string, value: unknown, context?: { source?: string }): unknown => {
    if (typeof value !== 'number' || context?.source === undefined) return value
    if (/[.eE]/.test(context.source)) return Number.isInteger(value) ? new JsonFloat(value) : value
    return Number.isSafeInteger(value) ? value : BigInt(context.source)
  }
  return JSON.parse(text, revive)
}
