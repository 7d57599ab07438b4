/** Where the person is: `#/<place>/<rest>?key=value`, so that a reload, a link and the back button work. */

class Router {
  #hash = $state(window.location.hash)

  constructor() {
    window.addEventListener('hashchange', () => {
      this.#hash = window.location.hash
    })
  }

  readonly #parts = $derived.by(() => {
    const [path = '', search = ''] = this.#hash.replace(/^#\/?/, '').split('?')
    return {
      segments: path.split('/').filter(Boolean).map(decodeURIComponent),
      search: new URLSearchParams(search),
    }
  })

  /** First segment: the place in the rail; '' at the start. */
  get place(): string {
    return this.#parts.segments[0] ?? ''
  }

  /** Segments behind the place. */
  get rest(): readonly string[] {
    return this.#parts.segments.slice(1)
  }

  /** A parameter behind `?`. */
  param(name: string): string | undefined {
    return this.#parts.search.get(name) ?? undefined
  }

  /** Goes to `path`, such as `runs/compare`. */
  go(path: string, params: Readonly<Record<string, string>> = {}): void {
    window.location.hash = href(path, params)
  }

  /** Replaces parameters of the present place without a step in the history; undefined removes one. */
  setParams(params: Readonly<Record<string, string | undefined>>): void {
    const search = new URLSearchParams(this.#parts.search)
    for (const [name, value] of Object.entries(params)) {
      if (value === undefined) search.delete(name)
      else search.set(name, value)
    }
    const path = this.#parts.segments.map(encodeURIComponent).join('/')
    const hash = `#/${path}${search.size === 0 ? '' : `?${search}`}`
    if (hash === this.#hash) return
    window.history.replaceState(null, '', hash)
    this.#hash = hash
  }
}

/** Address of a place inside the window, for links. */
export function href(path: string, params: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(params)
  return `#/${path}${search.size === 0 ? '' : `?${search}`}`
}

export const router = new Router()
