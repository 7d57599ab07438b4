/** The text of a graph: complete, and the same for two builds. */
import { expect, test } from 'vitest'
import { add } from '../ops/arithmetic.ts'
import { reshape } from '../ops/layout.ts'
import { gemm } from '../ops/matmul.ts'
import { layerNormalization } from '../ops/normalization.ts'
import { dump } from './dump.ts'
import type { Graph } from './graph.ts'
import { constant, input, inScope, state, weight } from './value.ts'

function build(epsilon = 1e-5): Graph {
  const x = input('x', { dtype: 'float32', shape: [2, 4] })
  const w = weight('h.0.w', [8, 4], { path: '/m.safetensors', offset: 0, bytes: 128 })
  const p = state('p', { dtype: 'float32', shape: [8] })
  const ones = constant({ dtype: 'float32', shape: [8], data: new Float32Array(8).fill(1) })
  const y = inScope('h.0', () =>
    layerNormalization(gemm(x, w, { transB: 1, c: p }), ones, undefined, epsilon),
  )
  const z = inScope('loss', () => reshape(y, [4, 4]))
  return { outputs: { z }, updates: [{ state: p, value: add(p, p) }] }
}

test('one line per leaf, node and result', () => {
  expect(dump(build())).toBe(`leaves
  %1 = input x float32[2,4]
  %2 = weight h.0.w float32[8,4]
  %3 = state p float32[8]
  %4 = constant float32[8] {1, 1, 1, 1, 1, 1, …}
  %5 = constant int64[2] {4, 4}
h.0
  %6 = Gemm(%1, %2, %3) {transA: 0, transB: 1, alpha: 1, beta: 1} → float32[2,8]
  %7, %8, %9 = LayerNormalization(%6, %4) {axis: -1, epsilon: 0.00001} → float32[2,8], float32[2,1], float32[2,1]
loss
  %10 = Reshape(%7, %5) → float32[4,4]
(no scope)
  %11 = Add(%3, %3) → float32[8]
results
  z = %10
  p ← %11
4 nodes, 5 leaves: Add 1, Gemm 1, LayerNormalization 1, Reshape 1
`)
})

test('two builds give one text, and a difference shows', () => {
  expect(dump(build())).toBe(dump(build()))
  expect(dump(build(1e-6))).not.toBe(dump(build()))
})
