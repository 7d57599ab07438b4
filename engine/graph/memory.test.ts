/** Sizes and lifetimes counted by hand. */
import { expect, test } from 'vitest'
import { add, mul } from '../ops/arithmetic.ts'
import { gather } from '../ops/gather.ts'
import { reshape, split } from '../ops/layout.ts'
import { exp, tanh } from '../ops/math.ts'
import { gemm, matmul } from '../ops/matmul.ts'
import { quantizedProduct } from '../ops/quantized.ts'
import { sumAll } from '../ops/reduce.ts'
import { gradient } from './gradient.ts'
import type { Graph } from './graph.ts'
import { byteLength, type DType } from './host-tensor.ts'
import { estimateMemory, totalBytes } from './memory.ts'
import { constant, input, inScope, state, type Value, weight } from './value.ts'

const row = { dtype: 'float32', shape: [10] } as const
const peak = (y: Value): number => estimateMemory({ outputs: { y }, updates: [] }).activations
const square = (name: string, offset: number) =>
  weight(name, [4, 4], { path: '/m.safetensors', offset, bytes: 64 })

test('a chain needs two results at a time', () => {
  expect(peak(tanh(exp(tanh(exp(input('x', row))))))).toBe(80)
})

test('a value used later stays', () => {
  const a = exp(input('x', row))
  // While the last tanh runs: a, its operand, its result.
  expect(peak(mul(tanh(tanh(tanh(a))), a))).toBe(120)
})

test('a view shares the memory of what it shows, and keeps it', () => {
  const a = exp(input('x', row))
  expect(peak(reshape(a, [2, 5]))).toBe(40)
  expect(peak(mul(reshape(tanh(a), [2, 5]), reshape(a, [2, 5])))).toBe(120)
  expect(peak(tanh(reshape(input('x', row), [5, 2])))).toBe(40)
})

test('every result of a node counts while it runs', () => {
  const [first] = split(exp(input('x', row)), 0, [4, 6])
  expect(peak(tanh(first!))).toBe(80)
})

test('results of the graph stay to its end', () => {
  const x = input('x', row)
  expect(estimateMemory({ outputs: { a: exp(x), b: tanh(tanh(tanh(x))) }, updates: [] }).activations).toBe(
    120,
  )
})

test('parts', () => {
  const [w, v] = [square('w', 0), square('v', 64)]
  const [p, m, sums] = ['p', 'm', 'sums'].map((name) => state(name, { dtype: 'float32', shape: [4, 4] }))
  const x = input('x', { dtype: 'float32', shape: [4, 4] })
  const ids = constant({ dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 2n) })
  const y = gemm(gemm(matmul(x, add(w, p!)), w, { transB: 1 }), v)
  const graph: Graph = {
    outputs: { y: gemm(y, square('w', 0)), z: gemm(y, square('w', 0), { transB: 1 }), ids },
    updates: [
      { state: p!, value: add(p!, m!) },
      { state: sums!, value: y },
    ],
  }
  const kinds = { p: 'trained', m: 'optimizer', sums: 'gradients' } as const
  const memory = estimateMemory(graph, { kindOf: (name) => kinds[name as keyof typeof kinds] })
  expect(memory).toEqual({
    // Two regions, though one of them has three leaves.
    weights: 128,
    // None is large enough to be worth a copy.
    packedWeights: 0,
    trained: 64,
    optimizer: 64,
    gradients: 64,
    otherStates: 0,
    updates: 128,
    constants: 16,
    inputs: 64,
    // w + p and its product; y and p + m are written into spare buffers of states.
    activations: 128,
  })
})

test('weights in 4 bits are arranged in every profile', () => {
  const [N, K, blocks] = [8, 64, 2]
  const part = (name: string, shape: number[], dtype: DType) =>
    weight(name, shape, { path: `/${name}`, offset: 0, bytes: byteLength({ shape, dtype }) }, dtype)
  const parts = {
    integers: part('integers', [N, K], 'uint4'),
    factors: part('factors', [N, blocks], 'float32'),
    zeroPoints: part('zeros', [N, blocks], 'uint4'),
  }
  const x = state('x', { dtype: 'float32', shape: [2, K] })
  const loss = sumAll(quantizedProduct(x, parts, undefined)!)
  const graph = { outputs: { dx: gradient(loss, [x])[0]! }, updates: [] }
  for (const profile of ['fast', 'low-memory'] as const)
    expect(
      estimateMemory({ outputs: { loss, ...graph.outputs }, updates: [] }, { profile }).packedWeights,
    ).toBe((N * K) / 2 + 4 * N * blocks + (N * blocks) / 2)
})

test('large weights of the forward pass are arranged once per layout, tables and gradients are not', () => {
  const bytes = 4 * 1024 * 1024
  const large = (name: string, offset: number) =>
    weight(name, [1024, 1024], { path: '/m.safetensors', offset, bytes })
  const [w, table] = [large('w', 0), large('table', bytes)]
  const ids = constant({ dtype: 'int32', shape: [1], data: Int32Array.of(1) })
  const x = gather(table, ids)
  const y = gemm(gemm(gemm(x, w), w), w, { transB: 1 })
  const z = inScope('layers.0/gradient', () => gemm(gemm(y, table, { transB: 1 }), large('v', 2 * bytes)))
  const graph = { outputs: { z }, updates: [] }
  const [fast, low] = [estimateMemory(graph), estimateMemory(graph, { profile: 'low-memory' })]
  expect([fast.packedWeights, low.packedWeights]).toEqual([2 * bytes, 0])
  expect(totalBytes(fast) - totalBytes(low)).toBe(2 * bytes)
})
