import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { StudioError } from '../../engine/errors.ts'
import type { JobRecord } from '../contract/jobs.ts'
import { openStudio, visit } from '../serve/testing/visitor.ts'
import { openChanges } from './changes.ts'
import { type JobContext, Jobs } from './jobs.ts'

const work = { kind: 'dataset.import', title: 'Importing reviews.csv' }

/** A promise that a test settles. */
const gate = () => Promise.withResolvers<void>()

async function all(stream: AsyncIterable<JobRecord>): Promise<JobRecord[]> {
  const records: JobRecord[] = []
  for await (const record of stream) records.push(record)
  return records
}

test('a page watches a job to its end, also one that ended before', async () => {
  const studio = await openStudio()
  const { client } = await visit(studio)
  const { resolve, promise } = gate()
  const { id } = studio.host.jobs.start(work, async ({ progress }) => {
    progress({ done: 1, total: 3, unit: 'rows' })
    await promise
    return { rows: 3 }
  })
  const watching = all(await client.jobs.watch({ id }))
  await expect.poll(async () => (await client.jobs.list())[0]?.done).toBe(1)
  resolve()
  const records = await watching
  expect(records[0]).toMatchObject({ ...work, state: 'running' })
  expect(records.at(-1)).toMatchObject({ state: 'done', result: { rows: 3 }, finishedAt: expect.any(Number) })
  expect(records.filter(({ state }) => state === 'done')).toHaveLength(1)
  expect(await all(await client.jobs.watch({ id }))).toEqual([records.at(-1)])
})

test('a job is followed across a lost connection', async () => {
  const studio = await openStudio()
  const first = await visit(studio)
  const { resolve, promise } = gate()
  const { id } = studio.host.jobs.start(work, () => promise)
  const stream = await first.client.jobs.watch({ id })
  expect((await stream.next()).value).toMatchObject({ state: 'running' })
  first.socket.terminate()
  const second = await visit(studio)
  const watching = all(await second.client.jobs.watch({ id }))
  resolve()
  expect((await watching).at(-1)).toMatchObject({ state: 'done' })
})

test('progress comes some ten times a second at most, and the latest always arrives', async () => {
  const jobs = new Jobs(openChanges())
  const { resolve, promise } = gate()
  let context: JobContext | undefined
  const { id } = jobs.start(work, (given) => {
    context = given
    return promise
  })
  const seen: number[] = []
  const watching = (async () => {
    for await (const { done } of jobs.watch(id, undefined)) seen.push(done)
  })()
  await vi.waitUntil(() => context !== undefined)
  for (let done = 1; done <= 1_000; done++) context?.progress({ done })
  await expect.poll(() => seen.at(-1)).toBe(1_000)
  expect(seen.length).toBeLessThan(10)
  resolve()
  await watching
})

test('a page cancels a job, and the work hears of it', async () => {
  const studio = await openStudio()
  const { client } = await visit(studio)
  let heard = false
  const { id } = studio.host.jobs.start(work, async ({ signal }) => {
    await sleep(60_000, undefined, { signal }).catch((error: unknown) => {
      heard = true
      throw error
    })
  })
  const watching = all(await client.jobs.watch({ id }))
  await client.jobs.cancel({ id })
  expect((await watching).at(-1)).toMatchObject({ state: 'cancelled', error: null })
  expect(heard).toBe(true)
  await client.jobs.cancel({ id }) // nothing is left to cancel
})

test('what a job fails with is in its record, with cause and remedy', async () => {
  const jobs = new Jobs(openChanges())
  const failure = { code: 'bad-file', message: 'Not a CSV file.', hint: 'Choose another.' } as const
  const known = jobs.start(work, async () => {
    throw new StudioError(failure.code, failure.message, failure.hint)
  })
  expect((await all(jobs.watch(known.id, undefined))).at(-1)).toMatchObject({
    state: 'failed',
    error: failure,
  })

  const quiet = vi.spyOn(console, 'error').mockReturnValue()
  const defect = jobs.start(work, () => Promise.reject(new TypeError('x is undefined')))
  expect((await all(jobs.watch(defect.id, undefined))).at(-1)).toMatchObject({
    state: 'failed',
    error: { code: 'internal', message: 'x is undefined' },
  })
  expect(quiet).toHaveBeenCalledOnce()
  quiet.mockRestore()
})

test('the list is newest first and forgets old ends, but nothing that runs', async () => {
  const changes = openChanges()
  const jobs = new Jobs(changes)
  const { resolve, promise } = gate()
  const running = jobs.start({ ...work, title: 'long' }, () => promise)
  for (let n = 0; n < 60; n++) {
    const { id } = jobs.start({ ...work, title: String(n) }, async () => n)
    await all(jobs.watch(id, undefined))
  }
  const list = jobs.list()
  expect(list).toHaveLength(51)
  expect(list[0]).toMatchObject({ title: '59', result: 59 })
  expect(list.at(-1)).toMatchObject({ id: running.id, state: 'running' })
  resolve()
})

test('windows hear that a job began and that it ended', async () => {
  const changes = openChanges()
  const stream = changes.follow(undefined)
  const { id } = new Jobs(changes).start(work, async () => {})
  for (let time = 0; time < 2; time++) {
    expect((await stream.next()).value).toEqual({ topic: 'jobs', id })
  }
})

test('closing cancels everything, and does not wait for what does not hear', async () => {
  const jobs = new Jobs(openChanges())
  const hearing = jobs.start(work, ({ signal }) => sleep(60_000, undefined, { signal }))
  const { promise, resolve } = gate()
  const deaf = jobs.start(work, () => promise)
  await jobs.close(50)
  expect(jobs.get(hearing.id).state).toBe('cancelled')
  expect(jobs.get(deaf.id).state).toBe('running')
  resolve()
})
