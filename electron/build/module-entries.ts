/** Lets the build find what the source starts by name: workers and processes written as `new URL('./x.ts', import.meta.url)`. */
import { dirname, resolve } from 'node:path'
import type { Plugin } from 'vite'

const started = /new URL\(\s*'(\.{1,2}\/[^']+)\.ts'\s*,\s*import\.meta\.url\s*,?\s*\)/g

/** Builds each such module as an entry of its own, and makes the source name the file that it becomes. */
export function moduleEntries(): Plugin {
  return {
    name: 'module-entries',
    enforce: 'pre',
    transform: {
      filter: { code: 'import.meta.url' },
      handler(code, id) {
        const written = code.replace(started, (_all, path: string) => {
          const entry = this.emitFile({ type: 'chunk', id: resolve(dirname(id), `${path}.ts`) })
          return `import.meta.ROLLUP_FILE_URL_${entry}`
        })
        return { code: written, map: null }
      },
    },
    // Beside the module that names it: a base such as a web page's has no meaning here.
    resolveFileUrl: ({ relativePath }) => `new URL('${relativePath}', import.meta.url)`,
  }
}
