/** A value that this window remembers: a panel's width, a chosen tab. */

/** @param fits tells whether a stored value is still usable */
export class Persisted<T> {
  #current = $state.raw<T>() as T
  readonly #key: string

  constructor(name: string, initial: T, fits: (value: unknown) => value is T) {
    this.#key = `peft-studio.${name}`
    this.#current = stored(this.#key, fits) ?? initial
  }

  get current(): T {
    return this.#current
  }

  set current(value: T) {
    this.#current = value
    try {
      localStorage.setItem(this.#key, JSON.stringify(value))
    } catch {
      // A full or forbidden storage: the value holds until the window closes.
    }
  }
}

function stored<T>(key: string, fits: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return fits(value) ? value : undefined
  } catch {
    return undefined
  }
}

export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isText = (value: unknown): value is string => typeof value === 'string'
export const isOneOf =
  <T extends string>(...options: readonly T[]) =>
  (value: unknown): value is T =>
    options.some((option) => option === value)
