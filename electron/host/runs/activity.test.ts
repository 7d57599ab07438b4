/** What the status bar, the dock and notifications are fed with. */
import { expect, test } from 'vitest'
import type { Activity } from '../../contract/runs.ts'
import { counting, countingHost, reaches } from '../testing/counting-host.ts'

test('a run is followed from its start to its end', async () => {
  const { host } = await countingHost({ stepMs: 5 })
  const seen: Activity[] = []
  host.activity.subscribe((activity) => seen.push(activity))
  expect(seen).toEqual([{ active: null, waiting: 0, queue: 'going' }])
  const ended: string[] = []
  host.activity.onEnded(({ id, status }) => ended.push(`${id} ${status}`))
  const { id } = await host.runs.create(counting({ training: { steps: 200 } }))
  await expect.poll(() => ended, { timeout: 30_000 }).toEqual([`${id} completed`])

  const active = seen.flatMap((activity) => (activity.active === null ? [] : [activity.active]))
  expect(active[0]).toMatchObject({ runId: id, state: 'starting', step: 0, steps: 200, fraction: 0 })
  expect(new Set(active.map(({ state }) => state))).toEqual(new Set(['starting', 'training']))
  const fractions = active.map(({ fraction }) => fraction!)
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  expect(active.at(-1)).toMatchObject({
    step: 200,
    fraction: 1,
    secondsLeft: 0,
  })
  expect(active.at(-1)!.usefulTokensPerSecond).toBeCloseTo(6_400, 3)
  // The job says 0.01 s for each step.
  const half = active.find(({ step }) => step >= 100)!
  expect(half.secondsLeft).toBeCloseTo((200 - half.step) * 0.01, 6)
  expect(seen.at(-1)).toEqual({ active: null, waiting: 0, queue: 'going' })
  // 200 steps in a second or more: told a few times a second, not each time.
  expect(seen.length).toBeLessThan(60)
})

test('a window that joins late gets the present state first', async () => {
  const { host } = await countingHost({ stepMs: 20 })
  const { id } = await host.runs.create(counting({ training: { steps: 500 } }))
  await reaches(host, id, 'running')
  const leave = new AbortController()
  const stream = host.runs.follow(leave.signal)
  expect((await stream.next()).value).toMatchObject({ active: { runId: id } })
  const paused = (async () => {
    for await (const { active } of stream) if (active?.state === 'paused') return active.step
    return undefined
  })()
  host.runs.pause(id)
  expect(await paused).toBeLessThan(500)
  leave.abort()
})
