/** Threads: answers, failures with their hints, progress, cancellation of work that never waits, and their death. */
import { expect, onTestFinished, test } from 'vitest'
import type { TestHandlers } from '../testing/thread-worker.ts'
import { callOnce, Thread } from './thread.ts'

const module = new URL('../testing/thread-worker.ts', import.meta.url)

function start(): Thread<TestHandlers> {
  const thread = new Thread<TestHandlers>(module)
  onTestFinished(() => thread.close())
  return thread
}

test('calls are answered, failures keep code and hint, defects their message', async () => {
  const thread = start()
  expect(await Promise.all([thread.call('double', 2), thread.call('double', 3)])).toEqual([4, 6])
  await expect(thread.call('refuse', undefined)).rejects.toMatchObject({
    code: 'bad-data',
    message: 'It does not fit.',
    hint: 'Make it fit.',
  })
  await expect(thread.call('fail', undefined)).rejects.toThrow('a defect')
  expect(thread.alive).toBe(true)
})

test('work that never waits tells how far it is, and ends when it is cancelled', async () => {
  const thread = start()
  const cancel = new AbortController()
  let told = 0
  const work = thread.call('work', 10_000, {
    signal: cancel.signal,
    progress: ({ done = 0 }) => {
      told = done
      if (done > 20) cancel.abort()
    },
  })
  await expect(work).rejects.toMatchObject({ code: 'cancelled' })
  expect(told).toBeGreaterThan(20)
  expect(told).toBeLessThan(9_999)
  expect(await thread.call('double', 1)).toBe(2)
  await expect(thread.call('double', 1, { signal: cancel.signal })).rejects.toMatchObject({
    code: 'cancelled',
  })
})

test('work that does not notice is ended with its thread', async () => {
  const cancel = new AbortController()
  const stuck = callOnce<TestHandlers, 'stuck'>(module, 'stuck', undefined, { signal: cancel.signal })
  const ended = expect(stuck).rejects.toMatchObject({ code: 'cancelled' })
  cancel.abort()
  await ended
})

test('when a thread dies, what waits for it fails, and further calls too', async () => {
  const thread = start()
  await expect(thread.call('die', undefined)).rejects.toMatchObject({ code: 'internal' })
  expect(thread.alive).toBe(false)
  await expect(thread.call('double', 1)).rejects.toMatchObject({ code: 'internal' })
})
