/**
 * Where the time of our training step goes, by operator and by operator and shapes.
 *
 *   node bench/profile.ts --part a|b|d|e [--device ID] [--weights FORM] [--profile fast|low-memory] [--method lora] [--steps 6] [--small]
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { float32 } from '../engine/graph/host-tensor.ts'
import { weightChoiceNames } from '../engine/models/weight-forms.ts'
import { findDevice, openDevice } from '../engine/runtimes/index.ts'
import { adamwFeeds } from '../engine/train/adamw.ts'
import { batchFeeds } from '../engine/train/model-graph.ts'
import { trainingStep } from '../engine/train/step-graph.ts'
import type { Job } from './job.ts'
import { openJob } from './open-job.ts'
import { makeParts, partIds } from './parts/index.ts'

/** The lines of ONNX Runtime's trace that are read; times in microseconds. */
const traceSchema = z.array(
  z.looseObject({
    cat: z.string(),
    name: z.string(),
    ts: z.number(),
    dur: z.number(),
    args: z
      .looseObject({
        op_name: z.string(),
        input_type_shape: z.unknown(),
        output_type_shape: z.unknown(),
        shapes: z.string(),
      })
      .partial()
      .optional(),
  }),
)

type Trace = z.infer<typeof traceSchema>

const options = z
  .object({
    part: z.enum(partIds),
    profile: z.enum(['fast', 'low-memory']),
    method: z.string(),
    weights: z.enum(weightChoiceNames),
    device: z.string(),
    steps: z.coerce.number().int().positive(),
    small: z.boolean(),
  })
  .parse(
    parseArgs({
      options: {
        part: { type: 'string', default: 'a' },
        profile: { type: 'string', default: 'fast' },
        method: { type: 'string', default: 'lora' },
        device: { type: 'string', default: 'cpu' },
        weights: { type: 'string', default: 'float32' },
        steps: { type: 'string', default: '6' },
        small: { type: 'boolean', default: false },
      },
    }).values,
  )

/** Runs steps over the first batch of a part and returns their times and ONNX Runtime's trace, the first one not counted. */
async function trace({ part: id, profile, method, device: deviceId, weights, steps, small }: typeof options) {
  const [part] = await makeParts(id, small)
  const { hardware } = await findDevice(deviceId)
  const threads = availableParallelism()
  const job: Job = {
    ...part!.job,
    ...{ method, setting: profile, weights, threads },
    ...{ device: deviceId, hardware, learningRate: 0 },
  }
  const { session, batches, model } = await openJob(job)
  const batch = batches[0]!
  const dir = await mkdtemp(join(tmpdir(), 'bench-profile-'))
  try {
    const device = await openDevice(deviceId)
    const { graph } = trainingStep(model(batch), { together: device.joinsUpdates })
    const program = await device.compile(graph, {
      profile,
      threads,
      profileTo: join(dir, 'trace'),
    })
    const milliseconds: number[] = []
    for (let step = 1; step <= steps + 1; step++) {
      const scale = float32([], Float32Array.of(1 / batch.labelCount))
      const start = performance.now()
      await program.run(
        { ...batchFeeds(batch), loss_scale: scale, ...adamwFeeds(step, 1e-6, 0) },
        session.state,
      )
      milliseconds.push(performance.now() - start)
    }
    await program.dispose() // writes the trace
    const [file] = await readdir(dir)
    const events = traceSchema.parse(JSON.parse(await readFile(join(dir, file!), 'utf8')))
    // It fills caches and, on a graphics card, compiles its programs.
    const first = events.find(({ name }) => name === 'model_run')
    const end = first === undefined ? 0 : first.ts + first.dur
    return { milliseconds: milliseconds.slice(1), events: events.filter(({ ts }) => ts >= end) }
  } finally {
    await rm(dir, { recursive: true })
  }
}

/** Lines "ms per step, calls per step, key", most expensive first. */
function summarise(
  events: Trace,
  steps: number,
  key: (event: Trace[number]) => string,
  most: number,
): string[] {
  const sums = new Map<string, { ms: number; calls: number }>()
  for (const event of events) {
    const sum = sums.get(key(event)) ?? { ms: 0, calls: 0 }
    sums.set(key(event), { ms: sum.ms + event.dur / 1000 / steps, calls: sum.calls + 1 / steps })
  }
  return [...sums]
    .sort(([, a], [, b]) => b.ms - a.ms)
    .slice(0, most)
    .map(
      ([name, { ms, calls }]) => `${ms.toFixed(2).padStart(9)} ms ${calls.toFixed(0).padStart(5)} ×  ${name}`,
    )
}

const operatorOf = ({ name, args }: Trace[number]) => args?.op_name ?? name

/** `MatMul [256,768] [768,768] → [256,768]`; weights that were repacked are not listed. */
function shaped({ args }: Trace[number]): string {
  const list = (shapes: unknown) => [...JSON.stringify(shapes ?? []).matchAll(/\[[\d,]*\](?=\})/g)].join(' ')
  return `${args?.op_name} ${list(args?.input_type_shape)} → ${list(args?.output_type_shape)}`
}

/** What a graphics card tells of its own time, where it can (WebGPU's timestamp queries): `node&operator&kernel`. */
const kernelOf = ({ name }: Trace[number]) => name.split('&').at(-1)!
const shapedKernel = (event: Trace[number]) =>
  `${kernelOf(event)} ${(event.args?.shapes ?? '').replace(/\w+\[\d+\] = /g, '')}`

const { milliseconds, events } = await trace(options)
const nodes = events.filter((event) => event.cat === 'Node' && event.name.endsWith('_kernel_time'))
const onDevice = events.filter((event) => event.cat === 'Api')
const sumOf = (of: Trace) => of.reduce((sum, event) => sum + event.dur, 0) / 1000 / options.steps

console.log(`steps: ${milliseconds.map((ms) => ms.toFixed(1)).join(' ')} ms`)
const tables = [
  {
    title: onDevice.length > 0 ? 'starting kernels' : 'by operator',
    of: nodes,
    short: operatorOf,
    long: shaped,
  },
  { title: 'on the device', of: onDevice, short: kernelOf, long: shapedKernel },
]
for (const { title, of, short, long } of tables) {
  if (of.length === 0) continue
  console.log(
    `\n${title}: ${sumOf(of).toFixed(1)} ms a step\n${summarise(of, options.steps, short, 24).join('\n')}`,
  )
  console.log(`\nby shapes\n${summarise(of, options.steps, long, 30).join('\n')}`)
}
