/** A filter while it is being typed, and what becomes of it once it says something. */
import type { Filter } from '../../../../electron/contract/datasets/view.ts'

export interface FilterDraft {
  op: Filter['op']
  text: string
  from: string
  to: string
}

/** What an operator is followed by. */
export function operandOf(op: Filter['op']): 'text' | 'number' | 'bounds' | 'nothing' {
  if (op === 'empty' || op === 'not-empty') return 'nothing'
  if (op === 'chars') return 'bounds'
  return op === 'less' || op === 'at-most' || op === 'greater' || op === 'at-least' ? 'number' : 'text'
}

export function draftOf(filter: Filter): FilterDraft {
  const draft = { op: filter.op, text: '', from: '', to: '' }
  if ('text' in filter) return { ...draft, text: filter.text }
  if ('number' in filter) return { ...draft, text: String(filter.number) }
  if (filter.op === 'chars') return { ...draft, from: written(filter.from), to: written(filter.to) }
  return draft
}

const written = (bound: number | null) => (bound === null ? '' : String(bound))

/** @returns undefined while it does not say anything yet */
export function filterOf(column: string, { op, text, from, to }: FilterDraft): Filter | undefined {
  switch (op) {
    case 'empty':
    case 'not-empty':
      return { op, column }
    case 'chars': {
      const bounds = { from: countOf(from), to: countOf(to) }
      return bounds.from === null && bounds.to === null ? undefined : { op, column, ...bounds }
    }
    case 'less':
    case 'at-most':
    case 'greater':
    case 'at-least': {
      const number = numberOf(text)
      return number === undefined ? undefined : { op, column, number }
    }
    default:
      return text === '' ? undefined : { op, column, text }
  }
}

function numberOf(text: string): number | undefined {
  const number = Number(text.trim().replace(',', '.'))
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number
}

function countOf(text: string): number | null {
  const number = numberOf(text)
  return number === undefined || number < 0 ? null : Math.floor(number)
}
