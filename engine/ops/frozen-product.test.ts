/** Products with weights of a file in fewer bits, whole and in pieces, against sums over the numbers that the bytes stand for. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bfloat16ToFloat32, float32ToBfloat16 } from '../files/half.ts'
import { createQuantizer, dequantized } from '../files/quantize.ts'
import { gradient } from '../graph/gradient.ts'
import { reach } from '../graph/graph.ts'
import { float32, sizeOf } from '../graph/host-tensor.ts'
import { isRestored } from '../graph/restored.ts'
import { constant, state, type Value } from '../graph/value.ts'
import { frozenValue, type WeightForm } from '../models/weight-forms.ts'
import { cpu } from '../testing/cpu.ts'
import { mul } from './arithmetic.ts'
import { frozenProduct } from './frozen-product.ts'
import { gather } from './gather.ts'
import { gemm } from './matmul.ts'
import { sumAll } from './reduce.ts'
import { indices, wave } from './samples.ts'

const [rows, columns] = [200, 64]
const shape = [rows, columns]
const numbers = wave(shape).data as Float32Array

const forms: Readonly<Record<string, WeightForm>> = {
  bfloat16: { kind: 'plain', dtype: 'bfloat16' },
  '8 bits': { kind: 'quantized', how: { bits: 8, block: 32 } },
  '4 bits': { kind: 'quantized', how: { bits: 4, block: 32 } },
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'products-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The numbers above as a frozen weight of a file, and what they are rounded to. */
async function stored(form: WeightForm): Promise<{ weight: () => Value; rounded: Float32Array }> {
  const path = join(folder, `${JSON.stringify(form).replace(/\W/g, '-')}.bin`)
  const frozen = () => frozenValue('w', shape, form, { path, offset: 64 })
  if (form.kind === 'plain') {
    const halves = float32ToBfloat16(numbers)
    await writeFile(path, Buffer.concat([Buffer.alloc(64), new Uint8Array(halves.buffer)]))
    return { weight: frozen, rounded: bfloat16ToFloat32(halves) }
  }
  const quantizer = createQuantizer(rows, columns, form.how)
  quantizer.push(numbers)
  await writeFile(path, Buffer.concat([Buffer.alloc(64), quantizer.bytes]))
  return { weight: frozen, rounded: dequantized(quantizer.bytes, rows, columns, form.how) }
}

/** a·b + c, plainly: a [m, k], b [k, n] by a function, c by a function. */
function product(
  a: Float32Array,
  m: number,
  k: number,
  n: number,
  b: (l: number, j: number) => number,
): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n]
    let sum = 0
    for (let l = 0; l < k; l++) sum += a[i * k + l]! * b(l, j)
    return sum
  })
}

function close(got: Float32Array, wanted: readonly number[], what: string): void {
  expect(got.length, what).toBe(wanted.length)
  wanted.forEach((x, i) => {
    expect(Math.abs(got[i]! - x), `${what} ${i}`).toBeLessThan(2e-5 * (1 + Math.abs(x)))
  })
}

describe.each(Object.keys(forms))('%s', (name) => {
  const m = 3
  for (const transposed of [true, false])
    for (const added of ['nothing', 'a bias', 'a matrix'] as const)
      for (const most of [Number.POSITIVE_INFINITY, 64 * columns])
        test(`x·W${transposed ? 'ᵀ' : ''} and ${added}${most < 1e9 ? ', in pieces' : ''}`, async () => {
          const { weight, rounded } = await stored(forms[name]!)
          const [k, n] = transposed ? [columns, rows] : [rows, columns]
          const x = wave([m, k], 2)
          const c = added === 'nothing' ? undefined : wave(added === 'a bias' ? [n] : [m, n], 3)
          const w = (l: number, j: number) =>
            transposed ? rounded[j * columns + l]! : rounded[l * columns + j]!
          const operand = state('x', x)
          const addend = c && constant(c)
          const y =
            frozenProduct(operand, weight(), transposed, addend, most) ??
            gemm(operand, weight(), { transB: transposed ? 1 : 0, c: addend })
          const direction = wave([m, n], 5)
          const [dx] = gradient(sumAll(mul(y, constant(direction))), [operand])
          const sizes = reach([y, dx!])
            .nodes.flatMap((node) => node.outputs.filter(isRestored))
            .map((v) => sizeOf(v.shape))
          expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.min(most, rows * columns))

          const program = await cpu.compile({ outputs: { y, dx: dx! }, updates: [] })
          const memory = cpu.createState()
          await memory.write('x', float32(x.shape, x.data as Float32Array))
          const got = await program.run({}, memory)
          const plain = product(x.data as Float32Array, m, k, n, w)
          const cAt = (i: number) => (c === undefined ? 0 : Number(c.data[added === 'a bias' ? i % n : i]))
          close(
            got.y!.data as Float32Array,
            plain.map((v, i) => v + cAt(i)),
            'y',
          )
          const g = product(direction.data as Float32Array, m, n, k, (j, l) => w(l, j))
          close(got.dx!.data as Float32Array, g, 'dx')
          await program.dispose()
        })

  test('rows of a table are made float32 alone', async () => {
    const { weight, rounded } = await stored(forms[name]!)
    const at = indices([5], rows, 37)
    const y = gather(weight(), constant(at))
    const whole = reach([y]).nodes.filter((node) =>
      node.outputs.some((v) => sizeOf(v.shape) >= rows * columns),
    )
    // Bytes that hold two numbers cannot be picked by rows: such a table is made float32 first.
    expect(whole.length).toBe(name === '4 bits' ? 1 : 0)
    const program = await cpu.compile({ outputs: { y }, updates: [] })
    const got = (await program.run({}, cpu.createState())).y!.data as Float32Array
    const wanted = Array.from(at.data as Int32Array).flatMap((row) => [
      ...rounded.subarray(row * columns, (row + 1) * columns),
    ])
    close(got, wanted, 'rows')
    await program.dispose()
  })
})
