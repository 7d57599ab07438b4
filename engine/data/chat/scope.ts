/** The names a template sees at one place, and the `loop` of a for block. */
import { Attributes, orElse, Undefined, type Value } from './values.ts'

/** Names of a block; assignments stay in the innermost one. */
export class Scope {
  readonly #names = new Map<string, Value>()
  readonly #parent: Scope | null
  constructor(parent: Scope | null) {
    this.#parent = parent
  }
  get(name: string): Value {
    const value = this.#names.get(name)
    if (value !== undefined) return value
    return this.#parent === null ? new Undefined(`'${name}' is undefined`) : this.#parent.get(name)
  }
  set(name: string, value: Value): void {
    this.#names.set(name, value)
  }
}

export function loopInfo(items: readonly Value[], i: number): Attributes {
  const outside = (what: string) => new Undefined(`there is no ${what} item`)
  return new Attributes(
    new Map<string, Value>([
      ['index', i + 1],
      ['index0', i],
      ['revindex', items.length - i],
      ['revindex0', items.length - i - 1],
      ['first', i === 0],
      ['last', i === items.length - 1],
      ['length', items.length],
      ['previtem', orElse(items[i - 1], outside('previous'))],
      ['nextitem', orElse(items[i + 1], outside('next'))],
      ['cycle', (args) => args[i % args.length] ?? null],
    ]),
  )
}
