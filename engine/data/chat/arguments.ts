/** Reads the arguments of a call inside a template: by position or by name, with the right type. */
import { isFloat, isNumber, numberOf, TemplateError, truthy, typeName, type Value } from './values.ts'

export class Arguments {
  readonly list: readonly Value[]
  readonly named: ReadonlyMap<string, Value>

  constructor(list: readonly Value[], named: ReadonlyMap<string, Value>) {
    this.list = list
    this.named = named
  }

  get(index: number, name: string): Value | undefined {
    return index < this.list.length ? this.list[index] : this.named.get(name)
  }

  text(index: number, name: string, fallback?: string): string {
    const value = this.get(index, name) ?? fallback
    if (typeof value === 'string') return value
    throw new TemplateError(
      `${name} must be a string, not ${value === undefined ? 'missing' : typeName(value)}`,
    )
  }

  /** None counts as left out. */
  optionalText(index: number, name: string): string | null {
    const value = this.get(index, name)
    return value === undefined || value === null ? null : this.text(index, name)
  }

  whole(index: number, name: string, fallback: number): number {
    const value = this.get(index, name)
    if (value === undefined || value === null) return fallback
    if (isNumber(value) && !isFloat(value)) return numberOf(value)
    throw new TemplateError(`${name} must be a whole number, not ${typeName(value)}`)
  }

  flag(index: number, name: string, fallback = false): boolean {
    const value = this.get(index, name)
    return value === undefined ? fallback : truthy(value)
  }
}
