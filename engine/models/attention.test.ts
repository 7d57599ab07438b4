/** Attention in blocks of queries equals attention in one piece, forward and backward, with packing and a prefix. */
import { expect, test } from 'vitest'
import { gradient } from '../graph/gradient.ts'
import { float32, int32 } from '../graph/host-tensor.ts'
import { constant, state } from '../graph/value.ts'
import { createRandom } from '../methods/random.ts'
import { mul } from '../ops/arithmetic.ts'
import { sumAll } from '../ops/reduce.ts'
import { cpu } from '../testing/cpu.ts'
import { attend, prefixMask, segmentMask, withPrefix } from './attention.ts'

const [rows, length, heads, keyValueHeads, headSize] = [2, 300, 4, 2, 8]
const random = createRandom(5)
const noise = (shape: number[]) =>
  float32(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
  )
const tensors = {
  q: noise([rows, heads, length, headSize]),
  k: noise([rows, keyValueHeads, length, headSize]),
  v: noise([rows, keyValueHeads, length, headSize]),
  prefix: noise([keyValueHeads, 3, headSize]),
}
const direction = noise([rows * length, heads * headSize])

for (const withKeys of [false, true])
  test(withKeys ? 'with a prefix' : 'without a prefix', async () => {
    const memory = cpu.createState()
    for (const [name, tensor] of Object.entries(tensors)) await memory.write(name, tensor)
    const run = async (causal: boolean) => {
      const [q, k, v, prefix] = (['q', 'k', 'v', 'prefix'] as const).map((name) =>
        state(name, tensors[name]),
      ) as never[]
      const segments = constant(
        int32(
          [rows, length],
          Int32Array.from({ length: rows * length }, (_, i) => Math.floor((i % length) / 70)),
        ),
      )
      const plain = segmentMask(segments, segments, undefined)
      const [keys, values] = withKeys ? [withPrefix(k!, prefix!), withPrefix(v!, prefix!)] : [k!, v!]
      const mask = prefixMask(plain, withKeys ? 3 : 0)
      const shape = { rows, length, heads, keyValueHeads, headSize, scaling: headSize ** -0.5 }
      const y = attend(shape, q!, keys!, values!, mask, causal)
      const wanted = withKeys ? [q!, k!, v!, prefix!] : [q!, k!, v!]
      const gradients = gradient(sumAll(mul(y, constant(direction))), wanted)
      const outputs = Object.fromEntries([['y', y], ...gradients.map((g, i) => [`g${i}`, g!])])
      const program = await cpu.compile({ outputs, updates: [] })
      const results = await program.run({}, memory)
      await program.dispose()
      return results
    }
    const [blocks, whole] = [await run(true), await run(false)]
    expect(Object.keys(blocks)).toHaveLength(withKeys ? 5 : 4)
    for (const [name, tensor] of Object.entries(whole)) {
      const other = blocks[name]!
      expect(other.shape).toEqual(tensor.shape)
      const furthest = (tensor.data as Float32Array).reduce(
        (m, x, i) => Math.max(m, Math.abs(x - Number(other.data[i]))),
        0,
      )
      expect(furthest, name).toBeLessThan(2e-5)
    }
  })
