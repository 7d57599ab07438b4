/** Builds main, trainer and workers (out/main), preload (out/preload) and the page (out/renderer). */
import { join } from 'node:path'
import { defineConfig } from 'electron-vite'
import { moduleEntries } from './electron/build/module-entries.ts'
import { stamped } from './electron/build/stamp.ts'
import { page } from './renderer.vite.config.ts'

const root = import.meta.dirname

export default defineConfig({
  main: {
    plugins: [moduleEntries(), stamped(root, 'desktop')],
    build: {
      rolldownOptions: {
        input: { main: join(root, 'electron/main.ts') },
        // One file per module, as in the source: what a module finds beside itself stays beside it.
        output: {
          preserveModules: true,
          preserveModulesRoot: join(root, 'electron'),
          entryFileNames: '[name].js',
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload script is one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: join(root, 'electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: page,
})
