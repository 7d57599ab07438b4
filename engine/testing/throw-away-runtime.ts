/**
 * Devices that behave as real ones sometimes do, loaded through PEFT_STUDIO_EXTRA_RUNTIMES by tests: each computes on the
 * reference device, and is slower, wrong, or gone after some steps. `PEFT_STUDIO_TEST_DEVICES` names those that are there,
 * `PEFT_STUDIO_TEST_STEPS` the training steps after which the ones that end do so.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { StudioError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { float32, type HostTensor } from '../graph/host-tensor.ts'
import { onnxRuntime } from '../runtimes/onnx/index.ts'
import type { Device, DeviceInfo, Program, Runtime } from '../runtimes/runtime.ts'

type Outputs = Record<string, HostTensor>

interface Behaviour extends Partial<DeviceInfo> {
  readonly title: string
  /** Refuses to open. */
  readonly broken?: true
  /** Called before each training step with its number, from 1. */
  readonly before?: (step: number) => Promise<void> | void
  /** What becomes of the loss. */
  readonly loss?: (loss: number) => number
}

const stepsOf = () => Number(process.env.PEFT_STUDIO_TEST_STEPS ?? 10)

const behaviours: Readonly<Record<string, Behaviour>> = {
  slow: { title: 'Slow device', before: () => sleep(150) },
  wrong: { title: 'Wrong device', loss: (loss) => loss + 0.5 },
  rounding: { title: 'Rounding device', precision: 'bfloat16', loss: (loss) => loss + 0.004 },
  broken: { title: 'Broken device', broken: true },
  small: { title: 'Small device', memoryBytes: 1e6 },
  absent: { title: 'Absent device', available: false, detail: 'its library is not installed' },
  vanishing: {
    title: 'Vanishing device',
    before(step) {
      if (step > stepsOf())
        throw new StudioError(
          'device',
          'The device was lost: it was unplugged.',
          'Plug it in, or choose another device.',
        )
    },
  },
  crashing: {
    title: 'Crashing device',
    before(step) {
      if (step > stepsOf()) process.abort()
    },
  },
}

const listed = () => (process.env.PEFT_STUDIO_TEST_DEVICES ?? '').split(',').filter((name) => name !== '')

const infoOf = (name: string): DeviceInfo => {
  const { before: _, loss: __, broken: ___, ...info } = behaviours[name]!
  return {
    id: name,
    runtime: 'throw-away',
    hardware: 'accelerator',
    available: true,
    detail: 'made for tests',
    driver: 'Driver 1.0',
    ...info,
  }
}

async function open(name: string): Promise<Device> {
  const behaviour = behaviours[name]!
  if (behaviour.broken)
    throw new StudioError('device', 'The device did not answer.', 'Switch it on, or choose another device.')
  const device = await onnxRuntime.open('cpu')
  let steps = 0
  const wrapped = (graph: Graph, program: Program): Program => ({
    dispose: () => program.dispose(),
    async run(feeds, state) {
      const trains = graph.outputs.gradient_norm !== undefined
      if (trains) await behaviour.before?.(++steps)
      const outputs = await program.run(feeds, state)
      return trains ? changed(outputs, behaviour) : outputs
    },
  })
  return {
    id: name,
    createState: () => device.createState(),
    compile: async (graph, options) => wrapped(graph, await device.compile(graph, options)),
  }
}

function changed(outputs: Outputs, { loss }: Behaviour): Outputs {
  const told = outputs.loss?.data[0]
  if (loss === undefined || told === undefined) return outputs
  return { ...outputs, loss: float32([], Float32Array.of(loss(Number(told)))) }
}

export const runtimes: readonly Runtime[] = [
  { name: 'throw-away', devices: async () => listed().map(infoOf), open },
]
