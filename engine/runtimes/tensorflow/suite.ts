/** One test body for every TensorFlow.js backend: operators are held against the reference device, errors against sentences. */
import { describe, expect, test } from 'vitest'
import { gradient } from '../../graph/gradient.ts'
import type { HostTensor } from '../../graph/host-tensor.ts'
import type { Op, Sample } from '../../graph/op.ts'
import { apply, constant, state, type Value } from '../../graph/value.ts'
import { mul } from '../../ops/arithmetic.ts'
import { ops } from '../../ops/index.ts'
import { sumAll } from '../../ops/reduce.ts'
import { wave } from '../../ops/samples.ts'
import { cpu } from '../../testing/cpu.ts'
import type { Device } from '../runtime.ts'
import type { Tensorflow } from './lowering.ts'
import { moreSamples } from './more-samples.ts'

export interface Opened {
  readonly tf: Tensorflow
  readonly device: Device
}

/** Every operator of the registry: results and gradients are the reference device's. */
export function everyOperator({ tf, device }: Opened): void {
  for (const op of ops.values())
    for (const [i, sample] of [...op.samples(), ...(moreSamples[op.name] ?? [])].entries())
      test.skipIf(op.lowering.tensorflow === 'unsupported')(`${op.name}, sample ${i}`, async () => {
        const before = tf.memory().numTensors
        const { outputs, values } = probe(op, sample)
        const run = async (on: Device) => {
          const program = await on.compile({ outputs, updates: [] })
          const memory = on.createState()
          for (const [name, tensor] of values) await memory.write(name, tensor)
          const results = await program.run({}, memory)
          await program.dispose()
          memory.dispose()
          return results
        }
        const [expected, found] = [await run(cpu), await run(device)]
        for (const [name, tensor] of Object.entries(expected)) same(found[name]!, tensor, name)
        expect(tf.memory().numTensors).toBe(before)
      })
}

/** The operator's results and, where they have one, the gradients of a number that all their elements influence. */
function probe(op: Op, sample: Sample) {
  const values = new Map<string, HostTensor>()
  const leaves = sample.inputs.map((tensor, i) => {
    if (tensor === undefined) return undefined
    if (tensor.dtype !== 'float32' || op.fixedInputs?.includes(i)) return constant(tensor)
    values.set(`x${i}`, tensor)
    return state(`x${i}`, tensor)
  })
  const results = apply(op, leaves, sample.attributes)
  const outputs: Record<string, Value> = Object.fromEntries(results.map((y, i) => [`y${i}`, y]))
  const [y] = results
  if (op.gradient !== 'none' && y?.dtype === 'float32') {
    const wanted = leaves.filter((v): v is Value => v?.source.kind === 'state')
    gradient(sumAll(mul(y, constant(wave(y.shape, 5)))), wanted).forEach((g, i) => {
      if (g) outputs[`d${i}`] = g
    })
  }
  return { outputs, values }
}

function same(found: HostTensor, expected: HostTensor, name: string, tolerance = 2e-6): void {
  expect([found.dtype, found.shape], name).toEqual([expected.dtype, expected.shape])
  expect(found.data.constructor, name).toBe(expected.data.constructor)
  for (let i = 0; i < expected.data.length; i++) {
    const [x, y] = [Number(found.data[i]), Number(expected.data[i])]
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue
    expect(Math.abs(x - y), `${name}[${i}]: ${x}, not ${y}`).toBeLessThan(
      tolerance * Math.max(1, Math.abs(y)),
    )
  }
}

/** What goes wrong is said in one sentence, and leaves no tensor behind. */
export function everyError({ tf, device }: Opened): void {
  describe('errors', () => {
    const x = state('x', { dtype: 'float32', shape: [2] })

    test('an operator without a form is named before anything runs', async () => {
      const op = {
        ...ops.get('Relu')!,
        name: 'Imaginary',
        lowering: { onnx: 'native', tensorflow: 'unsupported' },
      }
      const graph = { outputs: { y: apply(op as Op, [x], {})[0]! }, updates: [] }
      await expect(device.compile(graph)).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(/Imaginary/),
      })
    })

    test('a kernel that fails', async () => {
      const before = tf.memory().numTensors
      const failing: Op = {
        ...ops.get('Relu')!,
        lowering: {
          onnx: 'native',
          tensorflow: (t, [a]) => {
            t.add(a!, 1)
            throw new Error('out of memory')
          },
        },
      }
      const y = apply(failing, apply(ops.get('Abs')!, [x], {}), {})[0]!
      const program = await device.compile({ outputs: { y }, updates: [] })
      const memory = device.createState()
      await memory.write('x', wave([2]))
      await expect(program.run({}, memory)).rejects.toMatchObject({
        code: 'device',
        message: expect.stringMatching(/out of memory/),
      })
      await memory.write('x', wave([3]))
      await expect(program.run({}, memory)).rejects.toMatchObject({
        message: expect.stringMatching(/\[3\], the graph expects .*\[2\]/),
      })
      await program.dispose()
      memory.dispose()
      expect(tf.memory().numTensors).toBe(before)
    })

    test('an index outside its axis', async () => {
      const at = constant({ dtype: 'int32', shape: [1], data: Int32Array.of(2) })
      const y = apply(ops.get('Gather')!, [x, at], { axis: 0 })[0]!
      const program = await device.compile({ outputs: { y }, updates: [] })
      const memory = device.createState()
      await memory.write('x', wave([2]))
      await expect(program.run({}, memory)).rejects.toThrow(/index 2 lies outside an axis of 2/)
      await program.dispose()
      memory.dispose()
    })
  })
}
