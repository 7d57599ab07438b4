/** Every operator on every device beside the reference one: results and gradients are the reference device's. */
import { describe, expect, test } from 'vitest'
import type { HostTensor } from '../graph/host-tensor.ts'
import { listDevices, openDevice, REFERENCE_DEVICE } from '../runtimes/index.ts'
import { cpu } from '../testing/cpu.ts'
import { probeOp, runProbe } from '../testing/op-probe.ts'
import { NO_WEBGPU, openWebgpu } from '../testing/webgpu.ts'
import { ops } from './index.ts'
import { moreSamples } from './more-samples.ts'

const webgpu = await openWebgpu()
const available = (await listDevices()).filter((d) => d.available && d.runtime === 'onnx')
const others = available.filter(({ id }) => id !== REFERENCE_DEVICE && id !== webgpu?.id)
const devices = [...(webgpu ? [webgpu] : []), ...(await Promise.all(others.map(({ id }) => openDevice(id))))]

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
          const call = probeOp(op, sample)
          const [expected, found] = [await runProbe(cpu, call), await runProbe(device, call)]
          for (const [name, tensor] of Object.entries(expected)) expectSame(found[name]!, tensor, name)
        })
  })
