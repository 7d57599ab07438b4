import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { batchFromHuggingFace } from '../engine/data/hugging-face-batch.ts'
import { float32 } from '../engine/graph/host-tensor.ts'
import { parseFields } from '../engine/methods/fields.ts'
import { findMethod } from '../engine/methods/index.ts'
import { openModel } from '../engine/models/load.ts'
import { onnxRuntime } from '../engine/runtimes/onnx/onnx-runtime.ts'
import { adamwFeeds } from '../engine/train/adamw.ts'
import { batchFeeds, modelGraph } from '../engine/train/model-graph.ts'
import { TrainingSession } from '../engine/train/session.ts'
import { trainingStep } from '../engine/train/step-graph.ts'

const [dir, meth, rows, len, vocab] = [
  process.argv[2]!,
  process.argv[3]!,
  +process.argv[4]!,
  +process.argv[5]!,
  +process.argv[6]!,
]
const loaded = await openModel(dir)
const method = findMethod(meth)
const config = parseFields('', method.fields, {})
const ids = Array.from({ length: rows }, (_, r) =>
  Array.from({ length: len }, (_, i) => (i * 37 + r * 11) % vocab),
)
const batch = batchFromHuggingFace(
  { input_ids: ids, labels: ids },
  { virtualTokens: method.virtualTokens?.(config) ?? 0, allLogits: false },
)
const s = new TrainingSession({ runtime: onnxRuntime, loaded, method, config })
await s.initialise(1)
const g = trainingStep(modelGraph(loaded, method, config, batch, true), undefined)
for (const f of readdirSync('/tmp')) if (f.startsWith('ortprof')) rmSync('/tmp/' + f)
const { InferenceSession } = await import('onnxruntime-node')
const p = await onnxRuntime.compile(g.graph, {
  profileTo: '/tmp/ortprof',
  profile: (process.argv[7] ?? 'fast') as 'fast',
})
for (let i = 1; i <= 6; i++) {
  const t = performance.now()
  await p.run(
    {
      ...batchFeeds(batch),
      loss_scale: float32([], Float32Array.of(1 / batch.labelCount)),
      ...adamwFeeds(i, 1e-3, 0),
    },
    s.state,
  )
  console.log((performance.now() - t).toFixed(0))
}
await p.dispose()
const f = readdirSync('/tmp').find((x) => x.startsWith('ortprof'))!
const ev = JSON.parse(readFileSync('/tmp/' + f, 'utf8')) as {
  cat: string
  name: string
  dur: number
  args: { op_name?: string; input_type_shape?: unknown; output_type_shape?: unknown }
}[]
const by = new Map<string, [number, number]>()
const byShape = new Map<string, [number, number]>()
for (const e of ev)
  if (e.cat === 'Node' && e.name.endsWith('_kernel_time')) {
    const k = e.args.op_name!
    const c = by.get(k) ?? [0, 0]
    by.set(k, [c[0] + e.dur / 6000, c[1] + 1 / 6])
    const k2 =
      k +
      ' ' +
      JSON.stringify(e.args.input_type_shape).replaceAll('"float":', '').replaceAll('"', '').slice(0, 90)
    const d = byShape.get(k2) ?? [0, 0]
    byShape.set(k2, [d[0] + e.dur / 6000, d[1] + 1 / 6])
  }
let total = 0
for (const v of by.values()) total += v[0]
console.log('total ms', total)
for (const [k, v] of [...by].sort((a, b) => b[1][0] - a[1][0]).slice(0, 22))
  console.log(k.padEnd(28), v[0].toFixed(1).padStart(8), v[1].toFixed(0))
for (const [k, v] of [...byShape].sort((a, b) => b[1][0] - a[1][0]).slice(0, 26))
  console.log(v[0].toFixed(1).padStart(8), v[1].toFixed(0), k)
