/** The functions of `node:util` that tfjs-node still calls and that Node 23 removed. */
import util from 'node:util'

const removed: Readonly<Record<string, (x: unknown) => boolean>> = {
  isArray: (x) => Array.isArray(x),
  isBoolean: (x) => typeof x === 'boolean',
  isFunction: (x) => typeof x === 'function',
  isNull: (x) => x === null,
  isNullOrUndefined: (x) => x === null || x === undefined,
  isNumber: (x) => typeof x === 'number',
  isObject: (x) => typeof x === 'object' && x !== null,
  isString: (x) => typeof x === 'string',
  isUndefined: (x) => x === undefined,
}

/** Puts back those that are missing; what Node has stays as it is. */
export function restoreUtil(target: object = util): void {
  for (const [name, test] of Object.entries(removed))
    if (!(name in target))
      Object.defineProperty(target, name, { value: test, configurable: true, writable: true })
}
