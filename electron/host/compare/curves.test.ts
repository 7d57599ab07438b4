import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { curvesInput } from '../../contract/compare-curves.ts'
import { openStore, type Store } from '../../store/open-store.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { queuedRun, stepMetrics } from '../../store/testing/records.ts'
import { CurveReader } from './curves.ts'
import { RunColumnCache } from './run-columns.ts'
import { smoothed } from './smoothing.ts'

function emptyStore(): Store {
  const store = openStore(temporaryFolder())
  onTestFinished(() => store.close())
  return store
}

function decode(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8))
}

const ask = (input: Partial<Parameters<typeof curvesInput.parse>[0] & object>) =>
  curvesInput.parse({ metrics: ['loss'], axis: 'step', buckets: 400, ...input })

function runOf(store: Store, steps: number, from = 1) {
  const { id } = queuedRun(store)
  let at = 50_000
  store.transaction(() => {
    for (let step = from; step < from + steps; step++) {
      const metrics = stepMetrics(step, { tokens: 100 + step, examples: step % 3, seconds: step / 8 })
      // A pause of ten seconds before step 3.
      at += metrics.seconds * 1_000 + (step === 3 ? 10_000 : 0)
      store.metrics.addStep(id, metrics, at)
    }
  })
  return id
}

test('every axis is the sum of what is stored', async () => {
  const store = emptyStore()
  const id = runOf(store, 4)
  const reader = new CurveReader(store)
  const x = async (axis: string) =>
    decode((await reader.curves(ask({ runIds: [id], axis: axis as 'step' }))).curves[0]!.x)
  expect(await x('step')).toEqual([1, 2, 3, 4])
  expect(await x('epoch')).toEqual([0.1, 0.2, 0.3, 0.4])
  expect(await x('tokens')).toEqual([101, 203, 306, 410])
  expect(await x('examples')).toEqual([1, 3, 3, 4])
  expect(await x('processSeconds')).toEqual([0.125, 0.375, 0.75, 1.25])
  expect(await x('wallSeconds')).toEqual([0.125, 0.375, 10.75, 11.25])
})

test('few steps are drawn as they are stored, and metrics are made of their columns', async () => {
  const store = emptyStore()
  const id = runOf(store, 5)
  const { curves, extent } = await new CurveReader(store).curves(
    ask({ runIds: [id], metrics: ['loss', 'usefulTokensPerSecond', 'validationLoss'] }),
  )
  const [loss, speed, validation] = curves
  expect(extent).toEqual({ from: 1, to: 5 })
  expect(decode(loss!.y)).toEqual(store.metrics.steps(id).map((step) => step.loss))
  expect(decode(speed!.y)).toEqual(store.metrics.steps(id).map((step) => step.usefulTokens / step.seconds))
  expect(decode(validation!.y)).toEqual([])
  expect(loss!.reduced).toBe(false)
  expect(loss!.summary).toMatchObject({ points: 5, min: 3 / 5, minStep: 5, max: 3, maxX: 1, last: 0.6 })
})

test('evaluations lie where their steps do, on every axis', async () => {
  const store = emptyStore()
  const id = runOf(store, 4)
  for (const step of [0, 2, 4])
    store.metrics.addEvaluation(id, {
      type: 'evaluation',
      step,
      validationLoss: 9 - step,
      best: true,
      seconds: 1,
    })
  const reader = new CurveReader(store)
  const question = { runIds: [id], metrics: ['validationLoss' as const] }
  const byTokens = (await reader.curves(ask({ ...question, axis: 'tokens' }))).curves[0]!
  expect(decode(byTokens.x)).toEqual([0, 203, 410])
  expect(decode(byTokens.step)).toEqual([0, 2, 4])
  expect(decode(byTokens.y)).toEqual([9, 7, 5])
})

test('smoothing over buckets is the smoothing of every step, read at the end of each bucket', async () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  const losses = Float64Array.from({ length: 5_000 }, (_, i) =>
    i % 97 === 5 ? Number.NaN : 2 + Math.sin(i * 12.9898),
  )
  store.transaction(() => {
    for (const [i, loss] of losses.entries()) store.metrics.addStep(id, stepMetrics(i + 1, { loss }))
  })
  const [curve] = (await new CurveReader(store).curves(ask({ runIds: [id], buckets: 64, smoothing: 31 })))
    .curves
  const exact = smoothed(losses, 31)
  const [x, y] = [decode(curve!.smoothX), decode(curve!.smoothY)]
  expect(x.length).toBeGreaterThan(32)
  expect(y).toEqual(x.map((step) => exact[step - 1]))
  expect(curve!.summary.notNumbers).toBe(losses.filter(Number.isNaN).length)
  expect(decode(curve!.notNumberX).length).toBeGreaterThan(30)
})

test('what was read before grows with the run, and starts anew after a rewind', async () => {
  const store = emptyStore()
  const id = runOf(store, 2_500)
  const kept = new CurveReader(store)
  const action = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ rewindTo: fc.double({ min: 0, max: 1, noNaN: true }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 6 }), async (actions) => {
      for (const now of actions) {
        const last = store.metrics.lastStep(id)
        if ('add' in now)
          store.transaction(() => {
            for (let step = last + 1; step <= last + now.add; step++)
              store.metrics.addStep(id, stepMetrics(step, { loss: Math.cos(step) }))
          })
        else store.metrics.removeAfter(id, Math.floor(now.rewindTo * last))
        const question = ask({
          runIds: [id],
          metrics: ['loss', 'gradientNorm'],
          axis: 'tokens',
          smoothing: 9,
        })
        expect(await kept.curves(question)).toEqual(await new CurveReader(store).curves(question))
      }
    }),
    { numRuns: 25 },
  )
})

test('a logarithmic axis has buckets of equal width on it', async () => {
  const store = emptyStore()
  const id = runOf(store, 20_000)
  const reader = new CurveReader(store)
  const counts = async (logX: boolean) => {
    const { curves } = await reader.curves(ask({ runIds: [id], buckets: 100, logX }))
    const x = decode(curves[0]!.x)
    return { early: x.filter((step) => step <= 20).length, all: x.length }
  }
  expect((await counts(false)).early).toBeLessThan(4)
  expect((await counts(true)).early).toBeGreaterThan(15)
  expect((await counts(true)).all).toBeLessThan(260)
})

test('a part of the axis is finer than the whole', async () => {
  const store = emptyStore()
  const id = runOf(store, 20_000)
  const reader = new CurveReader(store)
  const part = { from: 5_000, to: 5_200 }
  const { curves, extent } = await reader.curves(ask({ runIds: [id], buckets: 400, range: part }))
  expect(extent).toEqual({ from: 1, to: 20_000 })
  expect(decode(curves[0]!.x)).toEqual(Array.from({ length: 203 }, (_, i) => 4_999 + i))
})

test('a run without steps has no curve and no extent', async () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  const { curves, extent } = await new CurveReader(store).curves(
    ask({ runIds: [id], logX: true, smoothing: 9 }),
  )
  expect(extent).toBeNull()
  expect(curves[0]).toMatchObject({ x: '', y: '', summary: { points: 0, min: null, last: null } })
})

test('columns of runs not looked at make room', () => {
  const store = emptyStore()
  const ids = [runOf(store, 1_000), runOf(store, 1_000), runOf(store, 1_000)]
  let reads = 0
  const counting = {
    ...store.metrics,
    columns: (...args: Parameters<typeof store.metrics.columns>) => {
      reads += 1
      return store.metrics.columns(...args)
    },
  }
  const cache = new RunColumnCache(counting as typeof store.metrics, 2.5 * 2 * 8 * 1_000)
  for (const id of ids) cache.read(id, ['loss'])
  expect(reads).toBe(3)
  cache.read(ids[2]!, ['loss'])
  expect(reads).toBe(3)
  expect([...cache.read(ids[0]!, ['loss']).loss]).toEqual(
    store.metrics.steps(ids[0]!).map(({ loss }) => loss),
  )
  expect(reads).toBe(4)
})

test('sparklines are small and keep the ends', async () => {
  const store = emptyStore()
  const id = runOf(store, 5_000)
  const [line] = await new CurveReader(store).sparklines({ runIds: [id], metric: 'loss', points: 64 })
  const x = decode(line!.x)
  expect(x.length).toBeLessThanOrEqual(130)
  expect([x[0], x.at(-1)]).toEqual([1, 5_000])
})

test('bands of runs that differ are their mean and spread', async () => {
  const store = emptyStore()
  const ids = [1, 2, 3].map((shift) => {
    const { id } = queuedRun(store)
    for (let step = 1; step <= 50; step++)
      store.metrics.addStep(id, stepMetrics(step, { loss: step + shift }))
    return id
  })
  const question = { metric: 'loss' as const, axis: 'step' as const, logX: false, buckets: 100, smoothing: 1 }
  const groups = [{ name: 'all', runIds: ids }]
  const { bands } = await new CurveReader(store).bands({ ...question, groups })
  const [band] = bands
  const x = decode(band!.x)
  expect(decode(band!.mean).at(-1)).toBe(52)
  expect(decode(band!.low).at(-1)).toBeCloseTo(51)
  expect(decode(band!.high).at(-1)).toBeCloseTo(53)
  expect(x.at(-1)).toBe(50)
})
