/** Values of settings as a person would write them. */
import type { Setting } from '../../../../electron/contract/compare-table.ts'

export function valueText({ cells }: Pick<Setting, 'cells'>, run: number): string {
  const cell = cells[run]
  if (cell === undefined || !cell.used) return 'not used'
  return plainText(cell.value)
}

export function plainText(value: unknown): string {
  if (value === null || value === '') return '–'
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(plainText).join(', ')
  if (typeof value === 'object' && Object.keys(value).length === 0) return '–'
  return JSON.stringify(value)
}
