import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './.ci/longest-first.ts'

// Hundreds of processes are started: each reads what the first one made of the sources.
const compiled = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') }

const shared = {
  pool: 'forks',
  // Two files at a time, each with a core of its own: kernels that wait for each other's cores wait long.
  maxWorkers: 2,
  env: { ...compiled, OMP_NUM_THREADS: '1' },
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const

export default defineConfig({
  test: {
    reporters: ['default', './.ci/count-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{engine,electron,renderer,resources,e2e,bench,.ci}/**/*.test.ts'],
        },
      },
      // User stories in a real window; each starts a studio and a browser.
      {
        test: {
          ...shared,
          name: 'stories',
          // When the unit tests are through: what a story waits for is seen on a clock.
          sequence: { groupOrder: 1 },
          include: ['e2e/*.spec.ts'],
          // What a person would wait for on a slow machine, not the runner's second.
          expect: { poll: { timeout: 30_000, interval: 100 } },
        },
      },
    ],
  },
})
