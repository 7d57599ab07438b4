/** Reverse mode builds what is needed and nothing else: frozen parts, cut values, values used twice, fixed operands. */
import { describe, expect, test } from 'vitest'
import { add, mul, scale } from '../ops/arithmetic.ts'
import { stopGradient } from '../ops/cast.ts'
import { exp, tanh } from '../ops/math.ts'
import { gemm } from '../ops/matmul.ts'
import { sumAll } from '../ops/reduce.ts'
import { rotaryEmbedding } from '../ops/rotary.ts'
import { wave } from '../ops/samples.ts'
import { cpu } from '../testing/cpu.ts'
import { gradient } from './gradient.ts'
import { type Graph, reach, resultsOf } from './graph.ts'
import { float32, type HostTensor } from './host-tensor.ts'
import { constant, input, inScope, state, type Value, weight } from './value.ts'

const matrix = { dtype: 'float32', shape: [3, 3] } as const
const frozen = (name: string, offset: number) =>
  weight(name, [3, 3], { path: '/model.safetensors', offset, bytes: 36 })

async function run(graph: Graph, states: Record<string, HostTensor>): Promise<Record<string, HostTensor>> {
  const memory = cpu.createState()
  for (const [name, tensor] of Object.entries(states)) await memory.write(name, tensor)
  const program = await cpu.compile(graph)
  const results = await program.run({}, memory)
  await program.dispose()
  return results
}

const scopesOf = (results: readonly (Value | undefined)[]): string[] => [
  ...new Set(reach(results.filter((v) => v !== undefined)).nodes.map((n) => n.scope)),
]

describe('what is frozen', () => {
  test('no gradient node below the lowest trained tensor', () => {
    const trained = state('a', matrix)
    let x: Value = input('x', matrix)
    for (let layer = 0; layer < 3; layer++)
      x = inScope(`layers.${layer}`, () =>
        tanh(
          gemm(
            x,
            layer === 2 ? add(frozen(`w${layer}`, layer * 36), trained) : frozen(`w${layer}`, layer * 36),
          ),
        ),
      )
    const loss = inScope('loss', () => sumAll(x))
    const gradients = scopesOf(gradient(loss, [trained])).filter((s) => s.endsWith('/gradient'))
    expect(gradients.sort()).toEqual(['layers.2/gradient', 'loss/gradient'])
  })

  test('a frozen operand gets no product of its own', () => {
    const [trained, w] = [state('a', matrix), frozen('w', 0)]
    const [g] = gradient(sumAll(gemm(gemm(trained, w), frozen('v', 36))), [trained])
    const products = reach([g!]).nodes.filter((n) => n.op.name === 'Gemm')
    // One product back through each frozen matrix; none with a transposed activation for the matrix itself.
    expect(products).toHaveLength(2)
    expect(products.every((n) => n.inputs[1]?.source.kind === 'weight')).toBe(true)
  })

  test('a value that the loss does not depend on has no gradient', () => {
    expect(gradient(sumAll(state('a', matrix)), [state('b', matrix)])).toEqual([undefined])
  })
})

test('dead code is left out', () => {
  const a = state('a', matrix)
  const unused = exp(a)
  const { nodes, leaves } = reach(resultsOf({ outputs: { y: tanh(a) }, updates: [] }))
  expect(nodes.map((n) => n.op.name)).toEqual(['Tanh'])
  expect(nodes).not.toContain(unused.source)
  expect(leaves).toEqual([a])
})

test('nodes come in topological order, each once', () => {
  const a = state('a', matrix)
  const b = tanh(a)
  const { nodes } = reach([add(mul(b, b), exp(b))])
  expect(new Set(nodes).size).toBe(4)
  const seen = new Set<number>([a.id])
  for (const node of nodes) {
    for (const v of node.inputs) expect(seen.has(v!.id)).toBe(true)
    for (const v of node.outputs) seen.add(v.id)
  }
})

test('gradients of a value used several times add up', async () => {
  const a = state('a', matrix)
  // d/da Σ(a·a + 3a) = 2a + 3
  const [g] = gradient(sumAll(add(mul(a, a), scale(a, 3))), [a])
  const value = wave([3, 3])
  const result = (await run({ outputs: { g: g! }, updates: [] }, { a: value })).g!
  result.data.forEach((x, i) => {
    expect(x).toBeCloseTo(2 * (value.data[i] as number) + 3, 5)
  })
})

test('stopGradient cuts one way and leaves the other', async () => {
  const a = state('a', matrix)
  // Only the second factor is differentiated: the result is the first, tanh a.
  const [g, cut] = gradient(sumAll(mul(stopGradient(tanh(a)), a)), [a, state('b', matrix)])
  const value = wave([3, 3])
  const result = (await run({ outputs: { g: g! }, updates: [] }, { a: value })).g!
  result.data.forEach((x, i) => {
    expect(x).toBeCloseTo(Math.tanh(value.data[i] as number), 5)
  })
  expect(cut).toBeUndefined()
  expect(gradient(sumAll(stopGradient(a)), [a])).toEqual([undefined])
})

test('a trained angle is refused: that operand of RotaryEmbedding is fixed', () => {
  const x = constant(wave([1, 2, 4, 6]))
  const angles = state('angles', { dtype: 'float32', shape: [1, 4, 3] })
  const loss = sumAll(rotaryEmbedding(x, tanh(angles), constant(wave([1, 4, 3]))))
  expect(() => gradient(loss, [angles])).toThrow(/RotaryEmbedding .* fixed/)
})

test('only a loss of one element has a gradient', () => {
  const a = state('a', matrix)
  expect(() => gradient(tanh(a), [a])).toThrow(/one element/)
  expect(gradient(constant(float32([], Float32Array.of(1))), [a])).toEqual([undefined])
})
