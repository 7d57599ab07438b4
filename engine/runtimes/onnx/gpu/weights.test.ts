/** Frozen weights on the device: in which type, each once for all programs, and gone with the last of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { float32ToBfloat16, float32ToFloat16 } from '../../../files/half.ts'
import { gradient } from '../../../graph/gradient.ts'
import { reach, resultsOf } from '../../../graph/graph.ts'
import { byteLength, type DType, float32, sizeOf } from '../../../graph/host-tensor.ts'
import { input, state, type Value, weight } from '../../../graph/value.ts'
import { mul } from '../../../ops/arithmetic.ts'
import { cast } from '../../../ops/cast.ts'
import { quantizedProduct } from '../../../ops/quantized.ts'
import { sumAll } from '../../../ops/reduce.ts'
import { cpu } from '../../../testing/cpu.ts'
import { NO_WEBGPU, openWebgpu } from '../../../testing/webgpu.ts'
import { convertedWeight } from './converted-weight.ts'
import { type FedWeight, feedWeights } from './fed-weights.ts'

const numbers = Float32Array.of(1, -2, 0.5, 1024, -0.125, 3)
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weights-'))
  await writeFile(join(folder, 'float32'), numbers)
  await writeFile(join(folder, 'float16'), float32ToFloat16(numbers))
  await writeFile(join(folder, 'bfloat16'), float32ToBfloat16(numbers))
  await writeFile(join(folder, 'large'), float32ToBfloat16(Float32Array.of(1, 1e6)))
})
afterAll(() => rm(folder, { recursive: true }))

const frozen = (dtype: DType, file: string = dtype, shape = [6]): Value =>
  weight(
    'w',
    shape,
    { path: join(folder, file), offset: 0, bytes: (dtype === 'float32' ? 4 : 2) * sizeOf(shape) },
    dtype,
  )

/** Σ x·w */
function product(dtype: DType) {
  const x = input('x', { dtype: 'float32', shape: [6] })
  return { outputs: { y: sumAll(mul(x, cast(frozen(dtype), 'float32'))) }, updates: [] }
}

const fedType = (dtype: DType, halves: boolean) =>
  [...feedWeights(product(dtype), halves).weights.values()][0]!.dtype

test('the type on the device is the stored one where the device has it', () => {
  expect(fedType('float32', true)).toBe('float32')
  for (const dtype of ['float16', 'bfloat16'] as const) {
    expect(fedType(dtype, true)).toBe('float16')
    expect(fedType(dtype, false)).toBe('float32')
  }
})

test('no weight is left in the graph, and what became float32 is not cast', () => {
  const { graph } = feedWeights(product('bfloat16'), false)
  const { nodes, leaves } = reach(resultsOf(graph))
  expect(leaves.map(({ source }) => source.kind)).not.toContain('weight')
  expect(nodes.map(({ op }) => op.name)).not.toContain('Cast')
  const halves = reach(resultsOf(feedWeights(product('bfloat16'), true).graph))
  expect(halves.nodes.map(({ op }) => op.name)).toContain('Cast')
})

test('bfloat16 becomes float16, and says where it does not fit', async () => {
  const fed = (leaf: Value) => ({ leaf, dtype: 'float16' }) as FedWeight
  const { dtype, data } = await convertedWeight(fed(frozen('bfloat16')))
  expect(dtype).toBe('float16')
  expect(data).toEqual(float32ToFloat16(numbers))
  await expect(convertedWeight(fed(frozen('bfloat16', 'large', [2])))).rejects.toMatchObject({
    code: 'unsupported',
    hint: expect.stringContaining('float32'),
  })
})

const device = await openWebgpu()
describe.skipIf(device === undefined)(device ? 'on the device' : NO_WEBGPU, () => {
  const gpu = device!
  for (const dtype of ['float32', 'float16', 'bfloat16'] as const)
    test(`${dtype} is computed with, lies there once, and goes with its last program`, async () => {
      const programs = [await gpu.compile(product(dtype)), await gpu.compile(product(dtype))]
      expect(gpu.buffers).toBe(1)
      const x = float32([6], Float32Array.of(1, 1, 2, 0.5, 8, -1))
      for (const program of programs)
        expect((await program.run({ x }, gpu.createState())).y!.data[0]).toBe(1 - 2 + 1 + 512 - 1 - 3)
      await programs[0]!.dispose()
      expect(gpu.buffers).toBe(1)
      await programs[1]!.dispose()
      expect(gpu.buffers).toBe(0)
    })

  test('a 4-bit weight lies there once, although product and gradient read it in different shapes', async () => {
    const part = (name: string, shape: number[], dtype: DType) => {
      const path = join(folder, name)
      return weight(name, shape, { path, offset: 0, bytes: byteLength({ dtype, shape }) }, dtype)
    }
    const [rows, columns, blocks] = [3, 64, 2]
    const bytes = Uint8Array.from({ length: (rows * columns) / 2 }, (_, i) => (i * 37) % 256)
    await writeFile(join(folder, 'integers'), bytes)
    await writeFile(
      join(folder, 'factors'),
      Float32Array.from({ length: rows * blocks }, (_, i) => i + 1),
    )
    await writeFile(join(folder, 'zeros'), Uint8Array.of(0x87, 0x69, 0x58))
    const parts = {
      integers: part('integers', [rows, columns], 'uint4'),
      factors: part('factors', [rows, blocks], 'float32'),
      zeroPoints: part('zeros', [rows, blocks], 'uint4'),
    }
    const x = state('x', { dtype: 'float32', shape: [2, columns] })
    const loss = sumAll(quantizedProduct(x, parts, undefined)!)
    const graph = { outputs: { loss, dx: gradient(loss, [x])[0]! }, updates: [] }
    const told: Float32Array[] = []
    for (const device of [gpu, cpu]) {
      const program = await device.compile(graph)
      if (device === gpu) expect(gpu.buffers).toBe(3)
      const kept = device.createState()
      await kept.write('x', float32([2, columns], new Float32Array(2 * columns).fill(0.5)))
      const { loss, dx } = await program.run({}, kept)
      told.push(Float32Array.of(...(loss!.data as Float32Array), ...(dx!.data as Float32Array)))
      kept.dispose()
      await program.dispose()
    }
    expect(told[0]).toEqual(told[1])
    expect(gpu.buffers).toBe(0)
  })
})
