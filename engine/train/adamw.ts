/** AdamW with decoupled weight decay, as PyTorch's `torch.optim.AdamW` computes it (Loshchilov and Hutter 2019). */
import type { StateUpdate } from '../graph/graph.ts'
import { float32, type HostTensor } from '../graph/host-tensor.ts'
import { input, scalar, state, type Value } from '../graph/value.ts'
import { add, div, mul, scale, sub } from '../ops/arithmetic.ts'
import { sqrt, square } from '../ops/math.ts'

export const BETA1 = 0.9
export const BETA2 = 0.999
export const EPSILON = 1e-8

const fed = (name: string): Value => input(name, { dtype: 'float32', shape: [] })

/** Names of the optimiser's states for a trained tensor. */
export const momentNames = (key: string): { first: string; second: string } => ({
  first: `adamw.m:${key}`,
  second: `adamw.v:${key}`,
})

/**
 * m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  p ← p·(1−lr·λ) − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
 * The factors that depend on the step are fed by `adamwFeeds`.
 */
export function adamw(parameters: readonly { key: string; value: Value; gradient: Value }[]): StateUpdate[] {
  const [decay, stepSize, correction] = [fed('adamw.decay'), fed('adamw.step_size'), fed('adamw.correction')]
  return parameters.flatMap(({ key, value, gradient }) => {
    const names = momentNames(key)
    const [m0, v0] = [state(names.first, value), state(names.second, value)]
    const m = add(scale(m0, BETA1), scale(gradient, 1 - BETA1))
    const v = add(scale(v0, BETA2), scale(square(gradient), 1 - BETA2))
    const step = div(m, add(mul(sqrt(v), correction), scalar(EPSILON)))
    return [
      { state: value, value: sub(mul(value, decay), mul(step, stepSize)) },
      { state: m0, value: m },
      { state: v0, value: v },
    ]
  })
}

/** @param step number of this update, from 1 */
export function adamwFeeds(
  step: number,
  learningRate: number,
  weightDecay: number,
): Record<string, HostTensor> {
  const one = (x: number) => float32([], Float32Array.of(x))
  return {
    'adamw.decay': one(1 - learningRate * weightDecay),
    'adamw.step_size': one(learningRate / (1 - BETA1 ** step)),
    'adamw.correction': one(1 / Math.sqrt(1 - BETA2 ** step)),
  }
}
