/** The watchdog on synthetic curves: it finds what is there, says what to do, and is quiet about healthy noise. */
import { describe, expect, test } from 'vitest'
import { createRandom } from '../methods/random.ts'
import type { StepMetrics } from './events.ts'
import { type Finding, Watchdog, type WatchedRun } from './watchdog.ts'

const usual: WatchedRun = {
  steps: 200,
  warmupSteps: 10,
  evaluateEvery: 20,
  keepBest: true,
  learningRate: 1e-3,
  usualLearningRate: 1e-3,
  maxGradientNorm: 1,
  baseValidationLoss: 4,
}

interface Curve {
  /** Training loss of a step. */
  readonly loss: (step: number) => number
  readonly validation?: (step: number) => number
  readonly norm?: (step: number) => number
}

/** All findings of a run with this curve. */
function watch(curve: Curve, changes: Partial<WatchedRun> = {}): Finding[] {
  const run = { ...usual, ...changes }
  const watchdog = new Watchdog(run)
  const found = [...watchdog.begin()]
  for (let step = 1; step <= run.steps; step++) {
    const metrics: StepMetrics = {
      type: 'step',
      step,
      epoch: 0,
      loss: curve.loss(step),
      learningRate: run.learningRate,
      gradientNorm: curve.norm?.(step) ?? 1,
      usefulTokens: 1,
      tokens: 1,
      examples: 1,
      seconds: 1,
      peakMemoryBytes: 1,
    }
    found.push(...watchdog.step(metrics))
    const evaluates = run.evaluateEvery > 0 && step % run.evaluateEvery === 0
    if (evaluates || step === run.steps) {
      const validationLoss = (curve.validation ?? curve.loss)(step)
      found.push(
        ...watchdog.evaluation({ type: 'evaluation', step, validationLoss, best: false, seconds: 1 }),
      )
    }
  }
  return found
}

const kinds = (found: readonly Finding[]) => found.map(({ kind }) => kind)
const falling = (step: number) => 1 + 3 * Math.exp(-step / 60)

/** Multiplies by noise of the given relative size, the same for the same step. */
function noisy(of: (step: number) => number, size: number, seed = 1): (step: number) => number {
  return (step) => of(step) * (1 + size * createRandom(seed, String(step)).normal())
}

describe('quiet', () => {
  for (const size of [0, 0.05, 0.15, 0.25])
    test(`about a falling loss with noise of ${size}`, () => {
      for (let seed = 1; seed <= 20; seed++)
        expect(kinds(watch({ loss: noisy(falling, size, seed), validation: falling }))).toEqual([])
    })

  test('about single odd batches', () => {
    const loss = (step: number) => (step % 40 === 0 ? 3 : 1) * noisy(falling, 0.1)(step)
    expect(kinds(watch({ loss, validation: falling }))).toEqual([])
  })

  test('about a loss that flattens at the end of the schedule', () => {
    const loss = (step: number) => 1 + 3 * Math.exp(-step / 40)
    expect(kinds(watch({ loss: noisy(loss, 0.05), validation: loss }))).toEqual([])
  })

  test('about a validation loss that trembles around its best', () => {
    const validation = (step: number) => falling(step) * (step % 40 === 0 ? 1.005 : 1)
    expect(kinds(watch({ loss: noisy(falling, 0.1), validation }))).toEqual([])
  })
})

test('a spike that stays for some steps is told once, with the remedy', () => {
  const loss = (step: number) => (step >= 100 && step < 108 ? 6 : noisy(falling, 0.05)(step))
  const [spike, ...rest] = watch({ loss, validation: falling })
  expect(spike).toMatchObject({ kind: 'spike', step: 102, level: 'warning', hopeless: false })
  expect(spike!.hint).toContain('clip gradients')
  expect(rest).toEqual([])
})

test('a loss that rises above where it began is hopeless, and the learning rate is named where it is far off', () => {
  const loss = (step: number) => 4 + step / 20
  const found = watch({ loss, validation: () => 4.2 }, { learningRate: 0.03 })
  expect(found).toMatchObject([{ kind: 'diverging', level: 'error', hopeless: true }])
  expect(found[0]!.step).toBeLessThan(50)
  expect(found[0]!.hint).toContain('30 times above what the method usually needs: try 0.001')
})

test('a loss that does not move', () => {
  const found = watch({ loss: noisy(() => 4, 0.03), validation: () => 3.999 }, { learningRate: 3e-5 })
  expect(found[0]).toMatchObject({ kind: 'not-learning', level: 'warning' })
  expect(found[0]!.step).toBeLessThanOrEqual(40)
  expect(found[0]!.hint).toContain('33 times below')
  const ordinary = watch({ loss: noisy(() => 4, 0.03), validation: () => 3.999 })
  expect(ordinary[0]!.hint).toContain('three- to tenfold')
})

test('overfitting: validation rises while training falls', () => {
  const validation = (step: number) => (step <= 60 ? falling(step) : falling(60) + (step - 60) / 100)
  const found = watch({ loss: noisy(falling, 0.05), validation })
  expect(found).toMatchObject([{ kind: 'overfitting', step: 100, hopeless: true }])
  expect(found[0]!.message).toContain('Since step 60')
  expect(found[0]!.hint).toContain('will hold the values of step 60')
  // Without a falling training loss it is something else.
  expect(kinds(watch({ loss: () => 2, validation }))).not.toContain('overfitting')
})

test('a plateau far before the end', () => {
  const loss = (step: number) => 2 + 2 * Math.exp(-step / 5)
  const found = watch({ loss: noisy(loss, 0.05), validation: loss })
  expect(found).toMatchObject([{ kind: 'plateau', level: 'info', hopeless: true }])
})

test('evaluation that never runs, and no rows for it', () => {
  expect(watch({ loss: falling }, { evaluateEvery: 0 })).toMatchObject([
    { kind: 'no-evaluation', step: 0, hint: 'Evaluate every 40 steps or more often.' },
  ])
  expect(watch({ loss: falling }, { evaluateEvery: 500 })).toHaveLength(1)
  expect(watch({ loss: falling }, { baseValidationLoss: null })[0]!.message).toContain('no validation rows')
})

test('a gradient of zero', () => {
  const found = watch({ loss: () => 4, validation: () => 4, norm: () => 0 })
  expect(found).toMatchObject([{ kind: 'no-gradient', step: 5, level: 'error', hopeless: true }])
})

test('a gradient that becomes zero after it was not', () => {
  const found = watch(
    { loss: () => 7, validation: () => 7, norm: (step) => (step < 10 ? 1 : 0) },
    { learningRate: 3, baseValidationLoss: 10 },
  )
  expect(kinds(found)).toEqual(['no-gradient'])
  expect(found[0]).toMatchObject({ step: 14, message: expect.stringContaining('Since step 10') })
  expect(found[0]!.hint).toContain('3000 times above')
})

test('a learning rate far too high that only slows the run down', () => {
  const slow = (step: number) => 3.5 + 0.5 * Math.exp(-step / 5)
  const found = watch({ loss: noisy(slow, 0.05), validation: slow }, { learningRate: 0.03 })
  expect(found[0]).toMatchObject({ kind: 'learning-rate', step: 40, hopeless: false })
  expect(found[0]!.hint).toContain('30 times above')
})

test('the same stream gives the same findings', () => {
  const curve = { loss: noisy((step) => 4 + step / 20, 0.2), validation: () => 4.5 }
  expect(watch(curve)).toEqual(watch(curve))
})
