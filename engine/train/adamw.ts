/** AdamW with decoupled weight decay, as PyTorch's `torch.optim.AdamW` computes it (Loshchilov and Hutter 2019). */
import type { StateUpdate } from '../graph/graph.ts'
import { float32, type HostTensor } from '../graph/host-tensor.ts'
import { input, scalar, type Value } from '../graph/value.ts'
import { add, div, mul, scale, sub } from '../ops/arithmetic.ts'
import { sqrt, square } from '../ops/math.ts'
import type { Parameter } from './parameters.ts'

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
export function adamw(parameters: readonly Parameter[]): StateUpdate[] {
  const [decay, stepSize, correction] = [fed('adamw.decay'), fed('adamw.step_size'), fed('adamw.correction')]
  return parameters.flatMap(({ value, gradient, first, second, store }) => {
    const m = add(scale(first, BETA1), scale(gradient, 1 - BETA1))
    const v = add(scale(second, BETA2), scale(square(gradient), 1 - BETA2))
    const step = div(m, add(mul(sqrt(v), correction), scalar(EPSILON)))
    return store(sub(mul(value, decay), mul(step, stepSize)), m, v)
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
