/** JSON as Python reads it: 1.0 stays a float and whole numbers keep all their digits, because chat templates print them. */

/** A float that JavaScript would take for a whole number (1.0, 1e3). */
export class JsonFloat {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  /** Printed as the float it is: `1.0`, not `1`. */
  toJSON(): unknown {
    return raw(Math.abs(this.value) < 1e21 ? `${this.value}.0` : String(this.value))
  }
}

/** A number's text, put into JSON as it stands. The function is newer than TypeScript's declaration. */
const { rawJSON: raw } = JSON as typeof JSON & { rawJSON(text: string): unknown }

/** The inverse of parseJson: one line, floats stay floats and whole numbers keep all their digits. */
export function printJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // JSON.stringify refuses bigint; a replacer for every value would be slow for the rows without any.
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? raw(String(part)) : part))
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
