/** The copies are there, tied to the gradient, in the order the runtime really follows, and memory falls. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mul } from '../ops/arithmetic.ts'
import { cast } from '../ops/cast.ts'
import { where } from '../ops/compare.ts'
import { tanh } from '../ops/math.ts'
import { gemm } from '../ops/matmul.ts'
import { sumAll } from '../ops/reduce.ts'
import { wave } from '../ops/samples.ts'
import { cpu } from '../testing/cpu.ts'
import { gradient } from './gradient.ts'
import { type Graph, reach, resultsOf } from './graph.ts'
import { float32, type HostTensor, int32 } from './host-tensor.ts'
import { estimateMemory } from './memory.ts'
import { recompute } from './recompute.ts'
import { constant, input, inScope, type Node, scalar, state, type Value } from './value.ts'

const LAYERS = 6
const N = 16
const matrix = { dtype: 'float32', shape: [N, N] } as const

/** Layers of three activations each, with a trained matrix in every layer. */
function tower(layers = LAYERS): Graph {
  const wanted: Value[] = []
  let x: Value = input('x', matrix)
  for (let layer = 0; layer < layers; layer++) {
    const w = state(`w${layer}`, matrix)
    wanted.push(w)
    x = inScope(`layers.${layer}`, () => tanh(tanh(tanh(gemm(x, w)))))
  }
  const loss = inScope('loss', () => sumAll(mul(x, constant(wave([N, N])))))
  const gradients = gradient(loss, wanted)
  return { outputs: { loss, ...Object.fromEntries(gradients.map((g, i) => [`w${i}`, g!])) }, updates: [] }
}

const feeds = (scale: number): [Record<string, HostTensor>, Record<string, HostTensor>] => [
  { x: wave([N, N], 2) },
  Object.fromEntries(Array.from({ length: LAYERS }, (_, i) => [`w${i}`, wave([N, N], i + 3, scale)])),
]

async function run(graph: Graph, scale = 0.3, profileTo?: string): Promise<Record<string, HostTensor>> {
  const [inputs, states] = feeds(scale)
  const memory = cpu.createState()
  for (const [name, tensor] of Object.entries(states)) await memory.write(name, tensor)
  const program = await cpu.compile(graph, { threads: 1, ...(profileTo ? { profileTo } : {}) })
  const results = await program.run(inputs, memory)
  await program.dispose()
  return results
}

const nodesOf = (graph: Graph): Node[] => reach(resultsOf(graph)).nodes

test('every bit of loss and gradients stays', async () => {
  const plain = await run(tower())
  const again = await run(recompute(tower()))
  expect(Object.keys(again)).toEqual(Object.keys(plain))
  for (const [name, tensor] of Object.entries(plain)) expect(again[name]!.data).toEqual(tensor.data)
})

test('weights that are not finite end in a loss that is not finite, not in an error', async () => {
  const { loss } = await run(recompute(tower()), Number.POSITIVE_INFINITY)
  expect(loss!.data[0]).toBeNaN()
})

test('every copy depends on a gradient', () => {
  const tied = new Set<number>()
  const nodes = nodesOf(recompute(tower()))
  for (const node of nodes) {
    const follows = node.inputs.some((v) => v?.source.kind === 'result' && tied.has(v.source.node.id))
    if (follows || node.scope.endsWith('/gradient')) tied.add(node.id)
  }
  const copies = nodes.filter((n) => n.scope.endsWith('/recompute'))
  expect(copies.filter((n) => n.op.name === 'Tanh')).toHaveLength(3 * LAYERS)
  expect(copies.every((n) => tied.has(n.id))).toBe(true)
})

test('the estimate falls to the inputs of the blocks and one block', () => {
  const plain = estimateMemory(tower()).activations
  const again = estimateMemory(recompute(tower())).activations
  const one = N * N * 4
  // Plain: three activations per layer. Recomputed: one per layer, and gradients of the weights, which stay to the end.
  expect(plain).toBeGreaterThan(3 * LAYERS * one)
  expect(again).toBeLessThan((LAYERS + 6) * one)
})

test('blocks may be several layers, and blocks without a name are kept', () => {
  const pairs = recompute(tower(), (scope) => {
    const layer = /^layers\.(\d+)$/.exec(scope)?.[1]
    return layer === undefined ? undefined : `pair.${Math.floor(Number(layer) / 2)}`
  })
  const scopes = new Set(
    nodesOf(pairs)
      .map((n) => n.scope)
      .filter((s) => s.endsWith('/recompute')),
  )
  expect([...scopes].sort()).toEqual(['pair.0/recompute', 'pair.1/recompute', 'pair.2/recompute'])
  const graph = tower()
  expect(recompute(graph, () => undefined)).toEqual(graph)
})

test('a block without gradient is not computed twice', () => {
  const x = inScope('layers.0', () => tanh(input('x', matrix)))
  const w = state('w', matrix)
  const y = inScope('layers.1', () => tanh(gemm(x, w)))
  const loss = inScope('loss', () => sumAll(y))
  const graph = recompute({ outputs: { g: gradient(loss, [w])[0]! }, updates: [] })
  const copies = nodesOf(graph).filter((n) => n.scope.endsWith('/recompute'))
  expect(new Set(copies.map((n) => n.scope))).toEqual(new Set(['layers.1/recompute']))
})

test('whole numbers and truth values that enter a block are tied as well', async () => {
  const counts = input('counts', { dtype: 'int32', shape: [4] })
  const seen = input('seen', { dtype: 'bool', shape: [4] })
  const w = state('w', { dtype: 'float32', shape: [4] })
  const y = inScope('layers.0', () => mul(mul(w, cast(counts, 'float32')), where(seen, w, scalar(2))))
  const loss = inScope('loss', () => sumAll(mul(y, constant(wave([4])))))
  const plain: Graph = { outputs: { loss, g: gradient(loss, [w])[0]! }, updates: [] }
  const again = recompute(plain)
  const gates = nodesOf(again).filter(
    (n) => n.scope.endsWith('/recompute') && ['Sub', 'Or'].includes(n.op.name),
  )
  expect(gates.map((n) => n.inputs[0])).toEqual([counts, seen])
  const results: Record<string, HostTensor>[] = []
  for (const graph of [plain, again]) {
    const memory = cpu.createState()
    await memory.write('w', float32([4], Float32Array.of(1, -0, 0.5, -3)))
    const program = await cpu.compile(graph)
    const truth = { dtype: 'bool', shape: [4], data: Uint8Array.of(1, 0, 1, 0) } as const
    results.push(await program.run({ counts: int32([4], Int32Array.of(1, 2, 3, 4)), seen: truth }, memory))
    await program.dispose()
  }
  expect(results[1]).toEqual(results[0])
})

test('ONNX Runtime runs the copies of a block after the gradient of the block above', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recompute-'))
  await run(recompute(tower()), 0.3, join(folder, 'trace'))
  const [file] = await readdir(folder)
  const events: { cat: string; name: string }[] = JSON.parse(await readFile(join(folder, file!), 'utf8'))
  await rm(folder, { recursive: true })
  const order = events.filter((e) => e.cat === 'Node' && e.name.endsWith('_kernel_time')).map((e) => e.name)
  const places = (start: string) => order.flatMap((name, i) => (name.startsWith(start) ? [i] : []))
  for (let layer = 0; layer < LAYERS - 1; layer++) {
    const copies = places(`layers.${layer}/recompute/Tanh`)
    // The first of the three is fused with the product before it.
    expect(copies).toHaveLength(2)
    expect(Math.min(...copies)).toBeGreaterThan(Math.max(...places(`layers.${layer + 1}/gradient`)))
  }
})
