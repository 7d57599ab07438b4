/** Learning-rate schedules with warm-up, as transformers' `get_scheduler` computes them. */

export type ScheduleName = 'linear' | 'cosine' | 'constant'

export interface Schedule {
  readonly name: ScheduleName
  readonly learningRate: number
  readonly warmupSteps: number
  readonly steps: number
}

const shapes: Readonly<Record<ScheduleName, (progress: number) => number>> = {
  constant: () => 1,
  linear: (progress) => Math.max(0, 1 - progress),
  cosine: (progress) => Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress))),
}

/** Learning rate of update number `step`, counted from 0. */
export function learningRateAt({ name, learningRate, warmupSteps, steps }: Schedule, step: number): number {
  if (step < warmupSteps) return (learningRate * step) / Math.max(1, warmupSteps)
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps)
  return learningRate * shapes[name](progress)
}
