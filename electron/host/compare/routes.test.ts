import { createRouterClient } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import { finishedRun } from '../../store/testing/finished-run.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { openHost } from '../host.ts'
import { router } from '../router.ts'

async function studio() {
  const host = await openHost({ shell: 'headless', dataDir: temporaryFolder() })
  onTestFinished(() => host.close())
  return { host, client: createRouterClient(router, { context: { host } }) }
}

test('curves of every metric over every axis cross the boundary', async () => {
  const { host, client } = await studio()
  const id = finishedRun(host.store, {
    steps: 30,
    measured: (step) => ({ loss: step === 7 ? Number.NaN : step }),
  })
  const { metrics, axes } = await client.compare.vocabulary()
  expect([metrics.length, axes.length]).toEqual([7, 6])
  for (const { key: axis } of axes) {
    const wanted = metrics.map(({ key }) => key)
    const { curves } = await client.compare.curves({
      runIds: [id],
      metrics: wanted,
      axis,
      buckets: 64,
      smoothing: 5,
    })
    expect(curves.map(({ metric }) => metric)).toEqual(wanted)
    expect(curves[0]?.summary).toMatchObject({ points: 30, notNumbers: 1, max: 30 })
    // What does not scatter is not smoothed.
    const smoothed = curves.filter(({ smoothX }) => smoothX !== '').map(({ metric }) => metric)
    expect(smoothed).toEqual(['loss', 'gradientNorm', 'usefulTokensPerSecond', 'secondsPerStep'])
  }
})

test('a question that makes no sense is refused with a reason', async () => {
  const { client } = await studio()
  const question = { metrics: ['loss' as const], axis: 'step' as const, buckets: 64 }
  await expect(client.compare.curves({ ...question, runIds: [] })).rejects.toMatchObject({
    data: { code: 'bad-argument' },
  })
  await expect(client.compare.curves({ ...question, runIds: ['a'], smoothing: 0 })).rejects.toMatchObject({
    data: { code: 'bad-argument' },
  })
  await expect(client.compare.saved.get({ id: 'nowhere' })).rejects.toMatchObject({
    data: { code: 'not-found' },
  })
})

test('runs that are gone leave the others, their curves and a download', async () => {
  const { host, client } = await studio()
  const id = finishedRun(host.store)
  const runIds = ['gone', id]
  expect(await client.compare.table({ runIds })).toMatchObject({ runs: [{ id }], missing: ['gone'] })
  const { curves } = await client.compare.curves({ runIds, metrics: ['loss'], axis: 'step', buckets: 64 })
  expect(curves.map(({ summary }) => summary.points)).toEqual([0, 4])
  expect(await client.compare.samples({ runIds, step: null })).toMatchObject({ runIds: [id], prompts: [] })
  const { ticket, name } = await client.compare.export({ runIds, content: 'steps.csv' })
  expect(host.downloads.take(ticket)?.name).toBe(name)
})

test('saving a comparison tells the windows', async () => {
  const { host, client } = await studio()
  const abort = new AbortController()
  const changes = host.changes.follow(abort.signal)
  const next = changes.next()
  const view = { hidden: [] }
  const made = await client.compare.saved.create({ name: ' ranks ', runIds: ['a'], baselineId: null, view })
  expect(made).toMatchObject({ name: 'ranks', view: { axis: 'step', smoothing: 1 } })
  expect((await next).value).toMatchObject({ topic: 'comparisons', id: made.id })
  abort.abort()
})
