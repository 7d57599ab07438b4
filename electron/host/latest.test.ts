import { expect, test } from 'vitest'
import { Latest } from './latest.ts'

test('a reader gets the present value, and a slow one only the newest', async () => {
  const latest = new Latest({ n: 0 })
  const reader = latest.follow(undefined)
  expect((await reader.next()).value).toEqual({ n: 0 })
  for (let n = 1; n <= 100; n++) latest.set({ n })
  expect((await reader.next()).value).toEqual({ n: 100 })
  const next = reader.next()
  latest.set({ n: 101 })
  expect((await next).value).toEqual({ n: 101 })
  const last = reader.next()
  latest.close()
  expect((await last).done).toBe(true)
})

test('leaving ends the reading', async () => {
  const latest = new Latest({ n: 0 })
  const leave = new AbortController()
  const reader = latest.follow(leave.signal)
  await reader.next()
  const next = reader.next()
  leave.abort()
  expect((await next).done).toBe(true)
})

test('subscribers hear the present value and each later one until they stop', () => {
  const latest = new Latest({ n: 1 })
  const heard: number[] = []
  const stop = latest.subscribe(({ n }) => heard.push(n))
  latest.set({ n: 2 })
  stop()
  latest.set({ n: 3 })
  expect(heard).toEqual([1, 2])
})
