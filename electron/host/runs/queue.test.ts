/** The queue with real trainer processes that count: order, failures, restarts, steering. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryMount } from '../../store/testing/folders.ts'
import { counting, countingHost, counts, reaches, trainerOf } from '../testing/counting-host.ts'
import { lossAt } from '../testing/counting-job.ts'

const slow = { stepMs: 5 }

test('runs are trained one after another, in the order of the queue', async () => {
  const { host } = await countingHost(slow)
  const first = await host.runs.create(counting())
  const [second, third, fourth] = [
    await host.runs.create(counting({ name: 'second' })),
    await host.runs.create(counting({ name: 'third' })),
    await host.runs.create(counting({ name: 'fourth' })),
  ]
  expect(host.runs.get(first.id)).toMatchObject({ status: 'running', queuePosition: null })
  host.runs.queue.move(fourth.id, second.id)
  host.runs.queue.move(second.id, null)
  expect(host.runs.queue.state()).toMatchObject({
    active: first.id,
    waiting: [{ name: 'fourth', queuePosition: 0 }, { name: 'third' }, { name: 'second', queuePosition: 2 }],
  })
  expect(() => host.runs.queue.move(first.id, null)).toThrow(
    expect.objectContaining({ code: 'bad-argument' }),
  )
  const ended: string[] = []
  host.activity.onEnded(({ name }) => ended.push(name))
  await expect.poll(() => ended, { timeout: 30_000 }).toEqual([first.name, 'fourth', 'third', 'second'])
  const started = [first, fourth, third, second].map(({ id }) => host.runs.get(id))
  for (const [i, run] of started.entries()) {
    expect(run.ending).toEqual({ reason: 'completed', message: 'All 20 steps are done.' })
    if (i > 0) expect(run.startedAt!).toBeGreaterThanOrEqual(started[i - 1]!.finishedAt!)
  }
})

test('a run that never started leaves the queue into the bin, and can be taken out of it again', async () => {
  const { host } = await countingHost({ stepMs: 5 })
  const active = await host.runs.create(counting({ training: { steps: 1_000 } }))
  const { id } = await host.runs.create(counting())
  host.runs.leaveQueue(id)
  expect(host.runs.list(false).map((run) => run.id)).toEqual([active.id])
  expect(host.runs.list(true)).toMatchObject([{ id, status: 'cancelled', queuePosition: null }])
  host.runs.restore(id)
  expect(host.runs.resume(id)).toMatchObject({ status: 'queued', deletedAt: null })
  expect(() => host.runs.bin(active.id)).toThrow(expect.objectContaining({ code: 'locked' }))
  host.runs.stop(active.id, 'keep')
  await reaches(host, active.id, 'cancelled')
  expect(host.runs.get(active.id).ending).toMatchObject({ reason: 'stopped' })
  await reaches(host, id, 'completed')
})

test('after a failure the queue goes on, or waits where the person wants that', async () => {
  const { host, tell } = await countingHost({ ...slow, trouble: { after: 5, kind: 'error' } })
  const [bad, good] = [await host.runs.create(counting()), await host.runs.create(counting())]
  await reaches(host, bad.id, 'failed')
  expect(host.runs.get(bad.id)).toMatchObject({ error: { code: 'diverged' }, ending: { reason: 'failed' } })
  await reaches(host, good.id, 'failed')

  await host.settings.change({ continueAfterFailure: false })
  const [again, later] = [
    await host.runs.create(counting({ name: 'again' })),
    await host.runs.create(counting()),
  ]
  await reaches(host, again.id, 'failed')
  await expect
    .poll(() => host.runs.queue.state().held)
    .toEqual({ reason: 'failure', message: 'The queue waits because "again" failed.', runId: again.id })
  expect(host.runs.get(later.id).status).toBe('queued')
  tell(slow)
  host.runs.queue.proceed()
  await reaches(host, later.id, 'completed')
})

test('a held queue starts nothing; a run that is asked for by name starts all the same', async () => {
  const { host } = await countingHost(slow)
  host.runs.queue.hold()
  const [first, second] = [await host.runs.create(counting()), await host.runs.create(counting())]
  expect(host.activity.current).toMatchObject({ active: null, waiting: 2, queue: 'held' })
  host.runs.queue.remove(second.id)
  host.runs.resume(second.id)
  await reaches(host, second.id, 'completed')
  expect(host.runs.get(first.id).status).toBe('queued')
  host.runs.queue.proceed()
  await reaches(host, first.id, 'completed')
})

test('pausing in place makes no steps, and resuming goes on', async () => {
  const { host } = await countingHost(slow)
  const { id } = await host.runs.create(counting({ training: { steps: 200 } }))
  await counts(host, id, 5)
  expect(host.runs.pause(id).status).toBe('paused')
  expect(host.activity.current.active?.state).toBe('paused')
  await expect.poll(() => stepsWithin(100)).toBe(0)
  expect(await stepsWithin(200)).toBe(0)
  expect(host.runs.resume(id).status).toBe('running')
  await reaches(host, id, 'completed')
  expect(host.runs.log(id, 0).map(({ message }) => message)).toEqual(
    expect.arrayContaining(['Paused.', 'Goes on.']),
  )

  async function stepsWithin(milliseconds: number): Promise<number> {
    const before = host.store.metrics.lastStep(id)
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    return host.store.metrics.lastStep(id) - before
  }
})

test('a killed trainer leaves an interrupted run, and resuming leaves one history without a gap', async () => {
  const { host } = await countingHost(slow)
  const { id } = await host.runs.create(counting({ training: { steps: 60 } }))
  await counts(host, id, 35)
  process.kill(trainerOf(host, id), 'SIGKILL')
  await reaches(host, id, 'interrupted')
  const killed = host.runs.get(id)
  expect(killed.ending).toMatchObject({ reason: 'cut-off', message: expect.stringContaining('SIGKILL') })
  expect(host.runs.queue.state().interrupted.map((run) => run.id)).toEqual([id])
  host.runs.resume(id)
  await reaches(host, id, 'completed')
  const steps = host.store.metrics.steps(id)
  expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
  expect(steps.map(({ loss }) => loss)).toEqual(steps.map(({ step }) => lossAt(step)))
  // From a checkpoint; on a slow machine the kill may come after a later one than the first possible.
  const [begun, goneOn] = host.store.attempts.list(id)
  expect(begun?.resumedFrom).toBe(0)
  expect([30, 40, 50]).toContain(goneOn?.resumedFrom)
  expect(goneOn?.resumedFrom).toBeLessThanOrEqual(killed.lastStep)
  expect(host.runs.log(id, 0).map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(new RegExp(`^Goes on from step ${goneOn?.resumedFrom}\\.`)),
    ]),
  )
})

test('a run that was cut off before its first checkpoint begins again', async () => {
  const { host } = await countingHost({ stepMs: 20 })
  const { id } = await host.runs.create(counting())
  await counts(host, id, 3)
  process.kill(trainerOf(host, id), 'SIGKILL')
  await reaches(host, id, 'interrupted')
  host.runs.resume(id)
  await reaches(host, id, 'completed')
  expect(host.store.metrics.steps(id)).toHaveLength(20)
})

test('closing the studio saves where a run is; afterwards nothing starts unasked', async () => {
  const { host, dataDir, close } = await countingHost(slow)
  const { id } = await host.runs.create(counting({ training: { steps: 100 } }))
  const waiting = await host.runs.create(counting())
  await counts(host, id, 13)
  await close()

  const { host: next } = await countingHost({}, dataDir)
  const cutOff = next.runs.get(id)
  expect(cutOff).toMatchObject({
    status: 'interrupted',
    ending: { reason: 'cut-off', message: expect.stringContaining('The studio closed at step') },
  })
  expect(next.runs.checkpoints(id).at(-1)?.step).toBe(cutOff.lastStep)
  expect(next.runs.queue.state()).toMatchObject({
    held: { reason: 'restart', message: 'A run was waiting when the studio ended.' },
    active: null,
    waiting: [{ id: waiting.id }],
    interrupted: [{ id }],
  })
  next.runs.resume(id)
  await reaches(next, id, 'completed')
  expect(next.store.attempts.list(id)).toMatchObject([{}, { resumedFrom: cutOff.lastStep }])
  expect(next.runs.get(waiting.id).status).toBe('queued')
  next.runs.queue.proceed()
  await reaches(next, waiting.id, 'completed')
})

test('stopping can keep or discard', async () => {
  const { host } = await countingHost(slow)
  const { id } = await host.runs.create(counting({ training: { steps: 500 } }))
  await counts(host, id, 12)
  host.runs.stop(id, 'discard')
  expect(host.activity.current.active?.state).toBe('stopping')
  await reaches(host, id, 'cancelled')
  expect(host.runs.get(id)).toMatchObject({ adapterPath: null, ending: { reason: 'discarded' } })
  expect(host.runs.checkpoints(id)).toEqual([])
  expect(() => host.runs.stop(id, 'keep')).toThrow(expect.objectContaining({ code: 'bad-argument' }))
})

test('removing a run needs the bin, and takes its files along', async () => {
  const { host, dataDir } = await countingHost()
  const { id } = await host.runs.create(counting())
  await reaches(host, id, 'completed')
  expect(existsSync(join(dataDir, 'runs', id))).toBe(true)
  await expect(host.runs.remove(id)).rejects.toMatchObject({ code: 'bad-argument' })
  host.runs.bin(id)
  await host.runs.remove(id)
  expect(existsSync(join(dataDir, 'runs', id))).toBe(false)
  expect(() => host.runs.get(id)).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test('what a person writes on a run stays', async () => {
  const { host, dataDir, close } = await countingHost()
  const { id } = await host.runs.create(counting())
  await reaches(host, id, 'completed')
  host.runs.rename(id, 'Best so far')
  host.runs.tag(id, ['good', 'pirate', 'good'])
  host.runs.note(id, 'Rank 8 is enough.')
  await close()
  const { host: next } = await countingHost({}, dataDir)
  expect(next.runs.get(id)).toMatchObject({
    name: 'Best so far',
    tags: ['good', 'pirate'],
    notes: 'Rank 8 is enough.',
  })
})

test('a request that cannot work is refused with the remedy, and nothing is stored', async () => {
  const { host } = await countingHost()
  const refused: [Parameters<typeof counting>[0], string][] = [
    [{ modelId: 'nothing' }, 'There is no model "nothing"'],
    [{ datasetVersionId: 'builtin:none@1' }, 'There is no dataset version'],
    [{ method: 'magic' }, 'no method called'],
    [{ methodConfig: { r: -1 } }, 'r'],
    [{ training: { length: 100_000 } }, ''],
  ]
  for (const [changes, sentence] of refused) {
    const preview = await host.runs.preview(counting(changes))
    expect(preview.ready).toBe(false)
    expect(preview.missing[0]).toMatchObject({ message: expect.stringContaining(sentence) })
    expect(preview.missing[0]!.hint).not.toBe('')
    await expect(host.runs.create(counting(changes))).rejects.toThrow(preview.missing[0]!.message)
  }
  expect(host.runs.list(false)).toEqual([])
})

test('a disk that takes no more stalls the queue with the reason, and the studio lives on', async ({
  skip,
}) => {
  const folder = temporaryMount(4_000) ?? skip('mounting a small disk is not permitted here')
  const { host } = await countingHost({}, folder)
  const { id } = await host.runs.create(counting({ training: { steps: 200_000 } }))
  const waiting = await host.runs.create(counting())
  await expect
    .poll(() => host.runs.queue.state().held?.message ?? '', { timeout: 60_000 })
    .toContain('the disk is full')
  expect(host.store.metrics.lastStep(id)).toBeGreaterThan(100)
  expect(host.runs.get(waiting.id).status).toBe('queued')
  expect(host.activity.current).toMatchObject({ active: null, queue: 'held' })
})
