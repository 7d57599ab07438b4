import { existsSync, readFileSync } from 'node:fs'
import { batchFromHuggingFace } from '../engine/data/hugging-face-batch.ts'

import { findMethod } from '../engine/methods/index.ts'
import { openModel } from '../engine/models/load.ts'
import { defaultRuntime as runtime } from '../engine/runtimes/index.ts'
import { TrainingSession } from '../engine/train/session.ts'

const dir = '/work/bench-models/gpt2-8k'
const profile = (process.argv[2] ?? 'fast') as 'fast'
const loaded = await openModel(dir)
const method = findMethod(process.argv[3] ?? 'lora')
const { parseFields } = await import('../engine/methods/fields.ts')
const config = parseFields('', method.fields, {})
const ids = Array.from({ length: 2 }, (_, r) =>
  Array.from({ length: 128 }, (_, i) => (i * 37 + r * 11) % 8192),
)
const batch = batchFromHuggingFace({ input_ids: ids, labels: ids }, { virtualTokens: 0, allLogits: false })
const s = new TrainingSession({ runtime, loaded, method, config, profile })
await s.initialise(1)
const t0 = performance.now()
await s.prepare(batch, ['step'])
console.log('compile', performance.now() - t0)
const times = []
for (let i = 1; i <= 12; i++) {
  const t = performance.now()
  const r = await s.step([batch], { step: i, learningRate: 1e-4, weightDecay: 0 })
  times.push(performance.now() - t)
  if (i < 3) console.log(r)
}
times.sort((a, b) => a - b)
console.log('median', times[6], 'min', times[0])
console.log(readFileSync('/proc/self/status', 'utf8').match(/(VmHWM|RssAnon|RssFile|VmRSS).*/g))
