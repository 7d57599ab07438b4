import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Hundreds of processes are started: each reads what the first one made of the sources.
const compiled = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') }

const shared = { pool: 'forks', testTimeout: 120_000, hookTimeout: 120_000 } as const

export default defineConfig({
  test: {
    reporters: ['default', './.ci/count-reporter.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          // Two files at a time, each with a core of its own: kernels that wait for each other's cores wait long.
          env: { ...compiled, OMP_NUM_THREADS: '1' },
          maxWorkers: 2,
          include: ['{engine,electron,renderer,resources,e2e,bench,.ci}/**/*.test.ts'],
        },
      },
      // User stories in a real window; each starts a studio and a browser.
      {
        test: {
          ...shared,
          name: 'stories',
          // One after another, when the unit tests are through: each has a browser, a host and a trainer that uses every core.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          env: compiled,
          include: ['e2e/*.spec.ts'],
          // What a person would wait for on a slow machine, not the runner's second.
          expect: { poll: { timeout: 30_000, interval: 100 } },
        },
      },
    ],
  },
})
