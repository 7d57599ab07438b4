import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { toldWhile } from './told-while.ts'

async function collect<T, R>(generator: AsyncGenerator<T, R>): Promise<{ told: T[]; result: R }> {
  const told: T[] = []
  for (;;) {
    const next = await generator.next()
    if (next.done) return { told, result: next.value }
    told.push(next.value)
  }
}

test('what is told comes in order, before the result, and while the work still goes on', async () => {
  let finished = false
  const generator = toldWhile<number, string>(async (tell) => {
    tell(1)
    tell(2)
    await sleep(20)
    tell(3)
    await sleep(20)
    finished = true
    return 'done'
  })
  expect((await generator.next()).value).toBe(1)
  expect(finished).toBe(false)
  expect(await collect(generator)).toEqual({ told: [2, 3], result: 'done' })
})

test('work that tells nothing, or only at its end', async () => {
  expect(await collect(toldWhile<number, number>(async () => 7))).toEqual({ told: [], result: 7 })
  const last = toldWhile<number, number>(async (tell) => {
    await sleep(5)
    tell(1)
    return 7
  })
  expect(await collect(last)).toEqual({ told: [1], result: 7 })
})

test('a failure comes after what was told', async () => {
  const told: number[] = []
  const failing = (async () => {
    for await (const one of toldWhile<number, never>(async (tell) => {
      tell(1)
      throw new Error('no')
    }))
      told.push(one)
  })()
  await expect(failing).rejects.toThrow('no')
  expect(told).toEqual([1])
})
