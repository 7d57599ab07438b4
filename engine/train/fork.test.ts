/** Runs that begin with another run's checkpoint. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collect, curve, finished, steps, tinyTraining } from '../testing/tiny-training.ts'
import type { TrainEvent } from './events.ts'

const { plan } = tinyTraining()

const notices = (events: readonly TrainEvent[]) =>
  events.filter((e) => e.type === 'notice').map((e) => e.message)

async function parent() {
  const of = plan({ schedule: 'constant', warmupSteps: 0 })
  const events = await collect(of)
  return { of, events, checkpoint: (step: number) => join(of.out, `checkpoints/checkpoint-0000000${step}`) }
}

test('a fork with the same settings goes on as the parent would: values and optimiser are taken over', async () => {
  const { of, events, checkpoint } = await parent()
  const forked = await collect({ ...plan(), ...of, out: plan().out, steps: 2, startFrom: checkpoint(6) })
  expect(forked[0]).toMatchObject({ type: 'started', resumedFrom: 0 })
  expect(notices(forked)).toEqual([expect.stringContaining('values and the optimiser of step 6')])
  // The fork reads the data from its first batch on, so the first loss is that of batch 1 under the parent's values.
  const again = await collect({ ...of, out: plan().out, steps: 2, startFrom: checkpoint(6) })
  expect(curve(again)).toEqual(curve(forked))
  const fresh = steps(events)[0]!.loss
  expect(steps(forked)[0]!.loss).toBeLessThan(fresh)
  expect(steps(forked)[0]!.loss).not.toBe(fresh)
})

test('its own schedule and learning rate hold, and resuming it equals not having stopped', async () => {
  const { checkpoint } = await parent()
  const changes = { learningRate: 3e-3, steps: 8, schedule: 'cosine', startFrom: checkpoint(3) } as const
  const whole = await collect(plan(changes))
  const of = plan(changes)
  const abort = new AbortController()
  const first = await collect(of, abort.signal, (e) => {
    if (e.type === 'step' && e.step === 5) abort.abort('suspend')
  })
  expect(first.at(-1)).toMatchObject({ type: 'checkpoint', step: 5 })
  const second = await collect({ ...of, resume: 'latest' })
  expect([...curve(first), ...curve(second)]).toEqual(curve(whole))
  expect(finished(second).validationLoss).toBe(finished(whole).validationLoss)
})

test('another rank takes what fits and says what does not', async () => {
  const { checkpoint } = await parent()
  const forking = collect(plan({ methodConfig: { r: 4 }, startFrom: checkpoint(3) }))
  await expect(forking).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringContaining('fits'),
  })
  // Query projections are there, value projections are not.
  const wider = await collect(
    plan({ methodConfig: { target_modules: ['q_proj', 'v_proj', 'o_proj'] }, startFrom: checkpoint(3) }),
  )
  expect(notices(wider)).toEqual([
    expect.stringContaining('another size and begin anew. The optimiser begins anew'),
  ])
  expect(finished(wider).reason).toBe('completed')
})

test('a checkpoint that is not there is refused before anything is trained', async () => {
  await expect(collect(plan({ startFrom: '/nowhere/checkpoint' }))).rejects.toMatchObject({
    code: 'not-found',
  })
})
