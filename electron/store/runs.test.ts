import { expect, onTestFinished, test } from 'vitest'
import { openStore } from './open-store.ts'
import { newRunId } from './run-id.ts'
import { temporaryFolder } from './testing/folders.ts'
import { queuedRun, stepMetrics } from './testing/records.ts'

function emptyStore() {
  const store = openStore(temporaryFolder())
  onTestFinished(() => store.close())
  return store
}

test('a run keeps its plan, environment and lineage', () => {
  const store = emptyStore()
  const parent = queuedRun(store)
  const child = queuedRun(store, {
    name: 'again',
    lineage: { parentRunId: parent.id, kind: 'fork', step: 25 },
  })
  expect(store.runs.get(child.id)).toEqual(child)
  expect(child).toMatchObject({
    status: 'queued',
    config: { rank: 8, targets: ['q_proj'], seed: null },
    environment: { packages: { 'onnxruntime-node': '1.30.0' } },
    lineage: { parentRunId: parent.id, kind: 'fork', step: 25 },
  })
  expect(store.runs.list().map(({ id }) => id)).toEqual([child.id, parent.id])
  store.runs.remove(parent.id)
  expect(store.runs.get(child.id).lineage).toBeNull()
})

test('a run is found by a part of its id that fits no other', () => {
  const store = emptyStore()
  const [first, second] = [queuedRun(store), queuedRun(store)]
  expect(store.runs.find(first.id.slice(-4)).id).toBe(first.id)
  expect(() => store.runs.find('20')).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  expect(() => store.runs.find('20')).toThrow(second.id)
  expect(() => store.runs.find('%')).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test('starting again clears how the run ended before', () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  store.runs.start(id)
  store.runs.end(
    id,
    { reason: 'failed', message: 'Full.' },
    { code: 'disk', message: 'Full.', hint: 'Free some.' },
  )
  expect(store.runs.get(id)).toMatchObject({ status: 'failed', error: { code: 'disk' } })
  const { startedAt } = store.runs.get(id)
  store.runs.start(id)
  expect(store.runs.get(id)).toMatchObject({ status: 'running', error: null, finishedAt: null, startedAt })
})

test('losses that are no numbers come back as they went in', () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  const steps = [
    stepMetrics(1, { loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY }),
    stepMetrics(2, { loss: Number.POSITIVE_INFINITY, gradientNorm: Number.NaN }),
  ]
  for (const step of steps) store.metrics.addStep(id, step)
  expect(store.metrics.steps(id)).toEqual(steps)
  expect(store.metrics.steps(id, 1)).toEqual(steps.slice(1))
})

test('a repeated step replaces the older measurement', () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  store.metrics.addStep(id, stepMetrics(1, { loss: 5 }))
  store.metrics.addStep(id, stepMetrics(1, { loss: 4 }))
  expect(store.metrics.steps(id).map(({ loss }) => loss)).toEqual([4])
})

test('the same content is the same dataset version', () => {
  const store = emptyStore()
  queuedRun(store)
  const [version] = store.datasets.versions('poems')
  const { id: _, number: __, createdAt: ___, ...content } = version!
  expect(store.datasets.addVersion(content)).toEqual(version)
  expect(store.datasets.addVersion({ ...content, contentHash: 'hash-2' })).toMatchObject({ id: 'poems@2' })
  expect(store.datasets.getVersion('poems@2').contentHash).toBe('hash-2')
})

test('removing a run removes what belongs to it', () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  store.metrics.addStep(id, stepMetrics(1))
  store.metrics.addEvaluation(id, { type: 'evaluation', step: 1, validationLoss: 2, best: true, seconds: 1 })
  store.samples.add({
    runId: id,
    step: 1,
    prompt: 'Say',
    output: 'hi',
    tokens: 1,
    settings: { temperature: 0.7 },
  })
  store.checkpoints.add({ runId: id, step: 1, path: '/c/1' })
  store.events.add({ runId: id, step: 1, level: 'info', message: 'hello' })
  expect(store.samples.list(id)).toMatchObject([{ settings: { temperature: 0.7 } }])
  expect(store.metrics.evaluations(id)).toMatchObject([{ best: true, validationLoss: 2 }])
  store.runs.remove(id)
  expect([
    store.metrics.steps(id),
    store.metrics.evaluations(id),
    store.samples.list(id),
    store.checkpoints.list(id),
    store.events.list(id),
  ]).toEqual([[], [], [], [], []])
})

test('a transaction that fails stores nothing', () => {
  const store = emptyStore()
  const { id } = queuedRun(store)
  const failing = () =>
    store.transaction(() => {
      store.metrics.addStep(id, stepMetrics(1))
      throw new Error('no')
    })
  expect(failing).toThrow('no')
  expect(store.metrics.lastStep(id)).toBe(0)
})

test('ids sort by time', () => {
  const early = newRunId(new Date('2026-08-23T14:15:03Z'))
  const late = newRunId(new Date('2026-08-23T14:15:04Z'))
  expect(early).toMatch(/^20260823-141503-[a-z]{4}$/)
  expect([late, early].sort()).toEqual([early, late])
})

test('thousands of runs of one second have names of their own', () => {
  const store = emptyStore()
  // With 19⁴ names a second, 3 000 draws collide about 35 times.
  const ids = store.transaction(() => Array.from({ length: 3_000 }, () => queuedRun(store).id))
  expect(new Set(ids).size).toBe(3_000)
})
