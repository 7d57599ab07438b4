/** A sentence about settings, and how it is made. */
import type { Sensible } from '../../methods/fields.ts'

export interface Remark {
  /** `refused`: the run would not start; `unusual`: it would, and the person should know. */
  readonly level: 'refused' | 'unusual'
  readonly part: 'method' | 'training'
  /** Key of the field; null where it concerns several. */
  readonly field: string | null
  readonly message: string
  readonly hint: string
  /** A value that would be in order. */
  readonly suggestion?: unknown
}

export type Values = Readonly<Record<string, unknown>>

export const refusal = (
  part: Remark['part'],
  field: string | null,
  message: string,
  hint: string,
): Remark => ({
  level: 'refused',
  part,
  field,
  message,
  hint,
})

export const unusual = (
  part: Remark['part'],
  field: string | null,
  message: string,
  hint: string,
  suggestion?: unknown,
): Remark => ({
  level: 'unusual',
  part,
  field,
  message,
  hint,
  ...(suggestion === undefined ? {} : { suggestion }),
})

/** On which side of a sensible range a value lies, and the nearer end of the range. */
export function beyondOf(
  value: number,
  { low, high }: Sensible,
): { side: 'low' | 'high'; limit: number } | undefined {
  if (low !== undefined && value < low) return { side: 'low', limit: low }
  if (high !== undefined && value > high) return { side: 'high', limit: high }
  return undefined
}

/** 2.7e-4, 0.01, 120 */
export function shown(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential() : String(value)
}
