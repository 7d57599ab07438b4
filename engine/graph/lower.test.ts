/** Rewriting a graph for a device keeps its meaning; what is composed of other operators computes the same numbers. */
import { expect, test } from 'vitest'
import { sub } from '../ops/arithmetic.ts'
import { cos, sin } from '../ops/math.ts'
import { composedSinCos } from '../ops/sine.ts'
import { cpu } from '../testing/cpu.ts'
import { reach, resultsOf } from './graph.ts'
import { float32 } from './host-tensor.ts'
import { lower } from './lower.ts'
import { compositionOn } from './op.ts'
import { constant, input, state } from './value.ts'

const type = { dtype: 'float32', shape: [4] } as const

test('operators become their compositions, leaves what the rule says, everything else stays', () => {
  const [x, kept] = [input('x', type), state('kept', type)]
  const untouched = sub(kept, kept)
  const graph = { outputs: { y: sub(sin(x), untouched) }, updates: [{ state: kept, value: cos(untouched) }] }
  const lowered = lower(graph, {
    leaf: (leaf) => (leaf.source.kind === 'input' ? input('other', type) : undefined),
    node: (node) => compositionOn(node.op, 'webgpu')?.(node),
  })
  const { nodes, leaves } = reach(resultsOf(lowered))
  const names = nodes.map((node) => node.op.name)
  expect(names).not.toContain('Sin')
  expect(names).not.toContain('Cos')
  expect(nodes).toContain(untouched.source.kind === 'result' ? untouched.source.node : undefined)
  expect(leaves.flatMap(({ source }) => ('name' in source ? [source.name] : [])).sort()).toEqual([
    'kept',
    'other',
  ])
  expect(lowered.updates[0]!.state).toBe(kept)
})

test('sine and cosine of small, large and negative angles', async () => {
  const angles = Float32Array.from({ length: 2000 }, (_, i) => (i - 1000) * 0.37 * (i % 7 === 0 ? 90 : 1))
  const x = constant(float32([angles.length], angles))
  const program = await cpu.compile({ outputs: composedSinCos(x), updates: [] })
  const found = await program.run({}, cpu.createState())
  for (const [i, angle] of angles.entries()) {
    expect(Math.abs(Number(found.sin!.data[i]) - Math.sin(angle)), `sin ${angle}`).toBeLessThan(6e-7)
    expect(Math.abs(Number(found.cos!.data[i]) - Math.cos(angle)), `cos ${angle}`).toBeLessThan(6e-7)
  }
  await program.dispose()
})
