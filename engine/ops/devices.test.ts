/** Every operator on every device beside the reference one: results and gradients are the reference device's. */
import { describe, expect, test } from 'vitest'
import { gradient } from '../graph/gradient.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import type { Op, Sample } from '../graph/op.ts'
import { apply, constant, state, type Value } from '../graph/value.ts'
import { listDevices, openDevice, REFERENCE_DEVICE } from '../runtimes/index.ts'
import type { Device } from '../runtimes/runtime.ts'
import { moreSamples } from '../runtimes/tensorflow/more-samples.ts'
import { cpu } from '../testing/cpu.ts'
import { NO_WEBGPU, openWebgpu } from '../testing/webgpu.ts'
import { mul } from './arithmetic.ts'
import { ops } from './index.ts'
import { sumAll } from './reduce.ts'
import { wave } from './samples.ts'

const webgpu = await openWebgpu()
const available = (await listDevices()).filter((d) => d.available && d.runtime === 'onnx')
const others = available.filter(({ id }) => id !== REFERENCE_DEVICE && id !== webgpu?.id)
const devices = [...(webgpu ? [webgpu] : []), ...(await Promise.all(others.map(({ id }) => openDevice(id))))]

/** All results of one call, and the gradients of a number that every element of the first influences. */
function outputsOf(op: Op, sample: Sample) {
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
  if (op.gradient === 'none' || y?.dtype !== 'float32') return { outputs, values }
  const wanted = leaves.filter((v): v is Value => v?.source.kind === 'state')
  for (const [i, g] of gradient(sumAll(mul(y, constant(wave(y.shape, 5)))), wanted).entries())
    if (g) outputs[`d${i}`] = g
  return { outputs, values }
}

async function run(device: Device, { outputs, values }: ReturnType<typeof outputsOf>) {
  const program = await device.compile({ outputs, updates: [] })
  const memory = device.createState()
  for (const [name, tensor] of values) await memory.write(name, tensor)
  const results = await program.run({}, memory)
  memory.dispose()
  await program.dispose()
  return results
}

function expectSame(found: HostTensor, expected: HostTensor, name: string): void {
  expect([found.dtype, found.shape], name).toEqual([expected.dtype, expected.shape])
  for (const [i, x] of [...expected.data].entries()) {
    const [wanted, got] = [Number(x), Number(found.data[i])]
    if (wanted === got || (Number.isNaN(wanted) && Number.isNaN(got))) continue
    expect(Math.abs(wanted - got), `${name}[${i}]: ${got}, not ${wanted}`).toBeLessThan(
      1e-5 * Math.max(1, Math.abs(wanted)),
    )
  }
}

test.skipIf(webgpu !== undefined)(NO_WEBGPU, () => {})

for (const device of devices)
  describe(`every operator on ${device.id}`, () => {
    for (const op of ops.values())
      for (const [i, sample] of [...op.samples(), ...(moreSamples[op.name] ?? [])].entries())
        test(`${op.name}, sample ${i}`, async () => {
          const call = outputsOf(op, sample)
          const [expected, found] = [await run(cpu, call), await run(device, call)]
          for (const [name, tensor] of Object.entries(expected)) expectSame(found[name]!, tensor, name)
        })
  })
