/** Turns: one at a time, in order, and whoever waits may leave. */
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('work is done one after the other, whatever becomes of it', async () => {
  const turns = new Turns()
  const { signal } = new AbortController()
  const log: string[] = []
  const first = Promise.withResolvers<void>()
  const work = (name: string, until: Promise<void> = Promise.resolve()) =>
    turns.take(signal, async () => {
      log.push(`${name} begins`)
      await until
      log.push(`${name} ends`)
      if (name === 'b') throw new Error('b fails')
      return name
    })
  const all = Promise.allSettled([work('a', first.promise), work('b'), work('c')])
  expect(turns.busy).toBe(true)
  await Promise.resolve()
  first.resolve()
  expect((await all).map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(log).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  expect(turns.busy).toBe(false)
})

test('one that leaves while it waits does not hold up the next', async () => {
  const turns = new Turns()
  const leave = new AbortController()
  const { signal } = new AbortController()
  const first = Promise.withResolvers<string>()
  const a = turns.take(signal, () => first.promise)
  let began = false
  const b = turns.take(leave.signal, async () => {
    began = true
  })
  const c = turns.take(signal, async () => 'c')
  leave.abort(new Error('gone'))
  await expect(b).rejects.toThrow('gone')
  first.resolve('a')
  expect([await a, await c, began]).toEqual(['a', 'c', false])
})
