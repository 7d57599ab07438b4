/** One test body for every TensorFlow.js backend: operators are held against the reference device, errors against sentences. */
import { describe, expect, test } from 'vitest'
import type { HostTensor } from '../../graph/host-tensor.ts'
import type { Op } from '../../graph/op.ts'
import { apply, constant, state } from '../../graph/value.ts'
import { ops } from '../../ops/index.ts'
import { moreSamples } from '../../ops/more-samples.ts'
import { wave } from '../../ops/samples.ts'
import { cpu } from '../../testing/cpu.ts'
import { probeOp, runProbe } from '../../testing/op-probe.ts'
import type { Device } from '../runtime.ts'
import type { Tensorflow } from './lowering.ts'

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
        const call = probeOp(op, sample)
        const [expected, found] = [await runProbe(cpu, call), await runProbe(device, call)]
        for (const [name, tensor] of Object.entries(expected)) same(found[name]!, tensor, name)
        expect(tf.memory().numTensors).toBe(before)
      })
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
