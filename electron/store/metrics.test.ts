import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { StepMetrics } from '../../engine/train/events.ts'
import { stepsPerBlock } from './metric-columns.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { openStore, type Store } from './open-store.ts'
import { temporaryFolder } from './testing/folders.ts'
import { queuedRun, stepMetrics } from './testing/records.ts'

function emptyStore(folder = temporaryFolder()): Store {
  const store = openStore(folder)
  onTestFinished(() => store.close())
  return store
}

// SQLite knows one zero.
const value = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)).map((x) => x + 0)
const append = fc.record({
  kind: fc.constant('append' as const),
  gap: fc.integer({ min: 1, max: 700 }),
  loss: value,
})
const rewind = fc.record({
  kind: fc.constant('rewind' as const),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
})
const again = fc.record({
  kind: fc.constant('again' as const),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
})

test('steps come back as they went in, across blocks, gaps, rewinds and repeated steps', () => {
  const folder = temporaryFolder()
  const store = emptyStore(folder)
  const reader = new Database(`${folder}/studio.db`, { readonly: true })
  onTestFinished(() => void reader.close())
  const newestRow = reader.prepare<[string], { step: number | null }>(
    'SELECT max(step) AS step FROM metrics WHERE run_id = ?',
  )
  const { id } = queuedRun(store)
  const history = fc.array(fc.oneof({ weight: 8, arbitrary: append }, rewind, again), { maxLength: 60 })
  fc.assert(
    fc.property(history, fc.double({ min: 0, max: 1, noNaN: true }), (actions, share) => {
      store.metrics.removeAfter(id, 0)
      let expected: StepMetrics[] = []
      const stepAt = (part: number) => expected[Math.floor(part * expected.length)]?.step ?? 1
      const add = (step: number, loss: number) => {
        const metrics = stepMetrics(step, { loss, seconds: step / 7, peakMemoryBytes: step * 1_000 })
        store.metrics.addStep(id, metrics, step * 10)
        expected = [...expected.filter((other) => other.step < step), metrics]
      }
      for (const action of actions) {
        if (action.kind === 'append') add((expected.at(-1)?.step ?? 0) + action.gap, action.loss)
        else if (action.kind === 'again') add(stepAt(action.share), 1.5)
        else {
          const after = stepAt(action.share)
          store.metrics.removeAfter(id, after)
          expected = expected.filter(({ step }) => step <= after)
        }
      }
      expect(store.metrics.steps(id)).toEqual(expected)
      const after = stepAt(share)
      expect(store.metrics.steps(id, after)).toEqual(expected.filter(({ step }) => step > after))
      const last = expected.at(-1)?.step
      expect(store.metrics.lastStep(id)).toBe(last ?? 0)
      // Queries on runs rely on this.
      expect(newestRow.get(id)?.step ?? undefined).toBe(last)
      const { at, loss } = store.metrics.columns(id, ['at', 'loss'])
      expect([...at]).toEqual(expected.map(({ step }) => step * 10))
      expect([...loss]).toEqual(expected.map((metrics) => metrics.loss))
      expect(store.metrics.total(id, 'tokens')).toBe(128 * expected.length)
    }),
    { numRuns: 60 },
  )
})

test('a long run is kept in blocks, and reads the same after the store was opened again', () => {
  const folder = temporaryFolder()
  const store = openStore(folder)
  const { id } = queuedRun(store)
  const steps = Array.from({ length: 2.5 * stepsPerBlock }, (_, i) => stepMetrics(i + 1))
  store.transaction(() => {
    for (const step of steps) store.metrics.addStep(id, step)
  })
  store.close()
  const reader = new Database(`${folder}/studio.db`, { readonly: true })
  expect(reader.prepare('SELECT count(*) AS n FROM metrics').get()).toEqual({ n: stepsPerBlock / 2 })
  expect(reader.prepare('SELECT count(*) AS n FROM metric_chunks').get()).toEqual({ n: 2 * 11 })
  reader.close()
  expect(emptyStore(folder).metrics.steps(id)).toEqual(steps)
})

test('a step that is measured anew takes what followed it away, evaluations too', () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  for (const step of [1, 2, 3, 4]) {
    store.metrics.addStep(id, stepMetrics(step))
    store.metrics.addEvaluation(id, {
      type: 'evaluation',
      step,
      validationLoss: step,
      best: false,
      seconds: 1,
    })
  }
  const rewinds = store.metrics.rewinds(id)
  store.metrics.addStep(id, stepMetrics(3, { loss: 9 }))
  expect(store.metrics.steps(id).map(({ step, loss }) => [step, loss])).toEqual([
    [1, 3],
    [2, 1.5],
    [3, 9],
  ])
  expect(store.metrics.evaluations(id).map(({ step }) => step)).toEqual([1, 2])
  expect(store.metrics.rewinds(id)).toBeGreaterThan(rewinds)
})

test('a transaction that fails leaves blocks and rows as they were', () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  for (let step = 1; step <= stepsPerBlock; step++) store.metrics.addStep(id, stepMetrics(step))
  const before = store.metrics.steps(id)
  expect(() =>
    store.transaction(() => {
      store.metrics.addStep(id, stepMetrics(stepsPerBlock + 1))
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(store.metrics.steps(id)).toEqual(before)
  store.metrics.addStep(id, stepMetrics(stepsPerBlock + 1))
  expect(store.metrics.lastStep(id)).toBe(stepsPerBlock + 1)
})

test('runs of version 2 keep every step, and get the time they were measured at', () => {
  const folder = temporaryFolder()
  const database = new Database(`${folder}/studio.db`)
  database.pragma('foreign_keys = OFF')
  migrate(database, migrations.slice(0, 2))
  const insertRun = database.prepare(`
    INSERT INTO runs (id, name, method, model_id, dataset_version_id, status, config, environment, created_at, started_at)
    VALUES (?, 'old', 'lora', 'm', 'd', 'completed', '{}', '{}', 1000, ?)`)
  insertRun.run('long', 5_000)
  insertRun.run('short', null)
  const insert = database.prepare(`
    INSERT INTO metrics (run_id, step, epoch, loss, learning_rate, gradient_norm, useful_tokens, tokens, examples,
                         seconds, peak_memory_bytes)
    VALUES (?, ?, 0.5, ?, 1e-4, NULL, 64, 128, 4, 0.25, 1000)`)
  database.transaction(() => {
    for (let step = 1; step <= 3_000; step++) insert.run('long', step, step === 7 ? null : 1 / step)
  })()
  for (let step = 1; step <= 3; step++) insert.run('short', step, step)
  migrate(database, migrations)
  database.pragma('foreign_keys = OFF')
  database.close()
  const store = emptyStore(folder)
  const { step, loss, at, gradientNorm } = store.metrics.columns('long', [
    'step',
    'loss',
    'at',
    'gradientNorm',
  ])
  expect([...step]).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1))
  expect([...loss]).toEqual([...step].map((n) => (n === 7 ? Number.NaN : 1 / n)))
  expect([...at]).toEqual([...step].map((n) => 5_000 + 250 * n))
  expect(gradientNorm.every(Number.isNaN)).toBe(true)
  expect([...store.metrics.columns('short', ['at']).at]).toEqual([1_250, 1_500, 1_750])
  expect(store.metrics.total('long', 'tokens')).toBe(3_000 * 128)
})
