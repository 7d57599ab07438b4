import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{engine,electron,resources,e2e,bench,.ci}/**/*.test.ts'],
    reporters: ['default', './.ci/count-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
