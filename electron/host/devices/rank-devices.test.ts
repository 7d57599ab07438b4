/** Ranking against probes that are known: order, disqualification, and failures that are never fatal. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { StudioError } from '../../../engine/errors.ts'
import type { DeviceInfo } from '../../../engine/runtimes/index.ts'
import type { JobContext } from '../jobs.ts'
import type { Probe } from '../methods/probe.ts'
import { type RankParts, rankDevices } from './rank-devices.ts'
import { compareResults } from './verdict.ts'
import { foundAbout, whyBest } from './words.ts'

const device = (id: string, rest: Partial<DeviceInfo> = {}): DeviceInfo => ({
  id,
  hardware: 'accelerator',
  runtime: 'x',
  title: `Device ${id}`,
  available: true,
  detail: '',
  ...rest,
})

const probed = (usefulTokensPerSecond: number, losses = [3, 2.9], gradientNorms = [1, 0.9]): Probe => ({
  measurement: {
    ...{ millisecondsPerStep: 1000 / usefulTokensPerSecond, usefulTokensPerSecond, peakMemoryBytes: 1 },
    ...{ millisecondsPerEvaluationBatch: null, startSeconds: 1, measuredAt: 1 },
  },
  results: { losses, gradientNorms },
})

const context = (signal = new AbortController().signal): JobContext => ({ signal, progress: () => {} })

const parts = (probes: Record<string, () => Promise<Probe>>, rest: Partial<RankParts> = {}): RankParts => ({
  probe: (id) => probes[id]!(),
  tooSmall: async () => undefined,
  busy: () => false,
  ...rest,
})

test('the fastest with right results is first; the others say why they are out, and none is fatal', async () => {
  const devices = [
    device('fast'),
    device('cpu'),
    device('wrong'),
    device('bf16', { precision: 'bfloat16' }),
    device('broken'),
    device('small'),
  ]
  const ranked = await rankDevices(
    devices,
    context(),
    parts(
      {
        cpu: async () => probed(100),
        fast: async () => probed(180, [3.0001, 2.9001]),
        // The first step is right: only its update was wrong.
        wrong: async () => probed(500, [3, 2.95]),
        bf16: async () => probed(150, [3.01, 2.89]),
        broken: async () => {
          throw new StudioError('device', 'It did not open.', 'Switch it on.')
        },
        small: async () => probed(900),
      },
      { tooSmall: async ({ id }) => (id === 'small' ? 'It has 1 GB.' : undefined) },
    ),
  )
  expect(ranked.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['fast', 'ranked'],
    ['bf16', 'ranked'],
    ['cpu', 'ranked'],
    ['wrong', 'wrong'],
    ['broken', 'failed'],
    ['small', 'too-small'],
  ])
  const of = (id: string) => ranked.find((entry) => entry.id === id)!
  expect(of('fast').lossDifference).toBeCloseTo(1e-4)
  expect(of('bf16').because).toBe('Computes products in bfloat16: its loss differs by 0.010.')
  expect(of('wrong').because).toContain("its loss of step 2 is 2.9500, the processor's is 2.9000")
  expect(of('broken').because).toBe('It did not open. Switch it on.')
  expect(of('small').because).toBe('It has 1 GB.')
  const ranking = { workload: 'w', measuredAt: 1, devices: ranked }
  expect(whyBest(ranking)).toBe('fastest of 3 measured: 1.8× the processor; 3 more are out')
  expect(ranked.map((entry) => foundAbout(entry, ranking))).toEqual([
    'fastest',
    '1.2× slower',
    '1.8× slower',
    'wrong results',
    'failed',
    'too small',
  ])
})

test('where the processor fails, the others are told to be unchecked', async () => {
  const ranked = await rankDevices(
    [device('cpu'), device('gpu'), device('nan')],
    context(),
    parts({
      cpu: async () => {
        throw new StudioError('device', 'Memory ran out.', 'Use less.')
      },
      gpu: async () => probed(10),
      nan: async () => probed(20, [Number.NaN, 1]),
    }),
  )
  expect(ranked.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['gpu', 'ranked'],
    ['cpu', 'failed'],
    ['nan', 'wrong'],
  ])
  expect(ranked[0]!.because).toContain('could not be checked')
})

test('a device that cannot be the fastest any more is stopped; cancelling ends all', async () => {
  const never = (_id: string, { signal }: JobContext) =>
    sleep(60_000, undefined, { signal }).then(() => probed(1))
  const slow = await rankDevices([device('cpu'), device('slow')], context(), {
    ...parts({}),
    probe: (id, within) => (id === 'cpu' ? Promise.resolve(probed(5)) : never(id, within)),
    patienceMs: 30,
  })
  expect(slow.map(({ verdict }) => verdict)).toEqual(['ranked', 'too-slow'])
  const stop = new AbortController()
  const stopped = rankDevices([device('cpu')], context(stop.signal), { ...parts({}), probe: never })
  stop.abort()
  await expect(stopped).rejects.toThrow()
})

test('losses and gradient norms decide, more loosely where a device says that it rounds', () => {
  const reference = { losses: [2, 1.9], gradientNorms: [1, 1] }
  const compare = (losses: number[], norms: number[], precision?: 'bfloat16') =>
    compareResults({ losses, gradientNorms: norms }, reference, precision).wrong
  expect(compare([2.001, 1.901], [1.01, 0.99])).toBeUndefined()
  expect(compare([2.01, 1.9], [1, 1])).toContain('loss of step 1')
  expect(compare([2.01, 1.9], [1, 1], 'bfloat16')).toBeUndefined()
  expect(compare([2, 1.9], [1, 1.05])).toContain('gradient norm of step 2')
  expect(compare([2, 1.9], [1, 1.05], 'bfloat16')).toBeUndefined()
  expect(compare([2, 2.2], [1, 1], 'bfloat16')).toContain('loss of step 2')
  expect(compare([2, Number.POSITIVE_INFINITY], [1, 1], 'bfloat16')).toContain('Infinity')
})
