/** Which rows are shown in which order, as text in the address and as sentences for people. */
import type { Filter, ViewSpec } from '../../../../electron/contract/datasets/view.ts'
import { formatExact } from '../../../format/numbers.ts'

/** Only what differs from "all rows in the dataset's order". */
export type Spec = Partial<ViewSpec>

/** Whether all rows are shown in the dataset's order. */
export function isWhole(spec: Spec): boolean {
  return Object.keys(essence(spec)).length === 0
}

/** Without what says nothing. */
export function essence(spec: Spec): Spec {
  const said = Object.entries(spec).filter(
    ([, value]) => value !== null && value !== false && value !== undefined && !isEmptyList(value),
  )
  return Object.fromEntries(said)
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0

export function toText(spec: Spec): string | undefined {
  return isWhole(spec) ? undefined : JSON.stringify(essence(spec))
}

/** @returns all rows when the text is not a view (an address typed by hand); the host checks what is inside */
export function fromText(text: string | undefined): Spec {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

/** The operators of a filter, in the words of the menus. */
export const operatorLabels: { readonly [Op in Filter['op']]: string } = {
  contains: 'contains',
  'not-contains': 'does not contain',
  equals: 'equals',
  'not-equals': 'does not equal',
  'starts-with': 'starts with',
  'ends-with': 'ends with',
  empty: 'is empty',
  'not-empty': 'is not empty',
  less: 'is less than',
  'at-most': 'is at most',
  greater: 'is greater than',
  'at-least': 'is at least',
  chars: 'has characters',
}

/** A filter as a person says it: `prompt contains "sea"`. */
export function describeFilter(filter: Filter): string {
  const label = operatorLabels[filter.op]
  if ('text' in filter) return `${filter.column} ${label} “${shortened(filter.text)}”`
  if ('number' in filter) return `${filter.column} ${label} ${filter.number}`
  if (filter.op === 'chars') return `${filter.column} has ${bounds(filter.from, filter.to)} characters`
  return `${filter.column} ${label}`
}

function bounds(from: number | null, to: number | null): string {
  if (from === null) return `at most ${formatExact(to ?? 0)}`
  return to === null ? `at least ${formatExact(from)}` : `${formatExact(from)} to ${formatExact(to)}`
}

const shortened = (text: string) => (text.length > 24 ? `${text.slice(0, 23)}…` : text)
