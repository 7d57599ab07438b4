/** One body for every operator of the registry: its gradient against finite differences, on the reference device. */
import { describe, expect, test } from 'vitest'
import { gradient } from '../graph/gradient.ts'
import { float32, type HostTensor, sizeOf } from '../graph/host-tensor.ts'
import type { Op, Sample } from '../graph/op.ts'
import { apply, constant, state, type Value } from '../graph/value.ts'
import { cpu } from '../testing/cpu.ts'
import { mul } from './arithmetic.ts'
import { ops } from './index.ts'
import { sumAll } from './reduce.ts'
import { wave } from './samples.ts'

/** Σ_j random_j · output_0,j: a scalar that every output element influences. */
function probe(op: Op, sample: Sample) {
  const leaves = sample.inputs.map((tensor, i) =>
    tensor === undefined
      ? undefined
      : tensor.dtype === 'float32' && !op.fixedInputs?.includes(i)
        ? state(`x${i}`, tensor)
        : constant(tensor),
  )
  const [y] = apply(op, leaves, sample.attributes)
  const direction = constant(wave(y!.shape, 5))
  const loss = y!.dtype === 'float32' ? sumAll(mul(y!, direction)) : undefined
  const wanted = leaves.filter((v): v is Value => v?.source.kind === 'state')
  return { y: y!, loss, wanted }
}

describe('every operator', () => {
  const device = cpu
  for (const op of ops.values()) {
    for (const [i, sample] of op.samples().entries()) {
      test(`${op.name}, sample ${i}`, async () => {
        const { y, loss, wanted } = probe(op, sample)
        const values = new Map(
          sample.inputs.flatMap((t, k) =>
            t?.dtype === 'float32' && !op.fixedInputs?.includes(k) ? [[`x${k}`, t]] : [],
          ),
        )
        const forward = await device.compile({ outputs: { y, ...(loss ? { loss } : {}) }, updates: [] })
        const run = async (at: ReadonlyMap<string, HostTensor>) => {
          const memory = device.createState()
          for (const [name, tensor] of at) await memory.write(name, tensor)
          return forward.run({}, memory)
        }
        const result = await run(values)
        expect(result.y!.shape).toEqual(y.shape)
        expect(result.y!.dtype).toBe(y.dtype)
        if (op.gradient === 'none' || loss === undefined) return

        const gradients = gradient(loss, wanted)
        const outputs = Object.fromEntries(
          wanted.flatMap((v, k) => (gradients[k] ? [[nameOf(v), gradients[k]]] : [])),
        )
        expect(Object.keys(outputs)).toEqual(wanted.map(nameOf))
        const backward = await device.compile({ outputs, updates: [] })
        const memory = device.createState()
        for (const [name, tensor] of values) await memory.write(name, tensor)
        const analytic = await backward.run({}, memory)
        for (const [name, tensor] of values) {
          expect(analytic[name]!.shape).toEqual(tensor.shape)
          for (let k = 0; k < sizeOf(tensor.shape); k++) {
            const h = 2e-2
            const at = async (d: number) => {
              const moved = Float32Array.from(tensor.data as Float32Array)
              moved[k]! += d
              return (await run(new Map(values).set(name, float32(tensor.shape, moved)))).loss!
                .data[0] as number
            }
            // Richardson: fourth-order central difference, so that a large h keeps float32 rounding small.
            const numeric =
              (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h)
            expect(analytic[name]!.data[k], `d/d${name}[${k}]`).toBeCloseTo(numeric, 3)
          }
        }
        await Promise.all([forward.dispose(), backward.dispose()])
      })
    }
  }
})

function nameOf(value: Value): string {
  return value.source.kind === 'state' ? value.source.name : ''
}
