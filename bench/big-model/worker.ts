/** Worker of the measurement: LoRA r=16 on every linear layer, one batch over and over. */
import type { Batch } from '../../engine/data/batch.ts'
import { parseFields } from '../../engine/methods/fields.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { openModel } from '../../engine/models/load.ts'
import { openDevice } from '../../engine/runtimes/index.ts'
import { estimateRun } from '../../engine/train/estimate.ts'
import { TrainingSession } from '../../engine/train/session.ts'
import { type Answer, questionSchema } from './question.ts'

const { model, cache, weights, profile, device, rows, length, steps } = questionSchema.parse(
  JSON.parse(process.argv[2] ?? ''),
)

const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const start = performance.now()
  const result = await work()
  return [result, (performance.now() - start) / 1000]
}

/** Every token but the last of a row has a label; the tokens are a formula. */
function batch(vocabulary: number): Batch {
  const tokens = rows * length
  const id = (i: number) => (i * 7919 + 13) % vocabulary
  const places = Array.from({ length: tokens }, (_, i) => i).filter((i) => i % length < length - 1)
  return {
    rows,
    length,
    labelSlots: places.length,
    inputIds: Int32Array.from({ length: tokens }, (_, i) => id(i)),
    virtual: new Int32Array(tokens),
    positions: Int32Array.from({ length: tokens }, (_, i) => i % length),
    segments: new Int32Array(tokens).fill(1),
    labelPositions: Int32Array.from(places),
    labelIds: Int32Array.from(places, (i) => id(i + 1)),
    labelWeights: new Float32Array(places.length).fill(1),
    labelCount: places.length,
    tokenCount: tokens,
    exampleCount: rows,
  }
}

const [loaded, openSeconds] = await seconds(() => openModel(model, { cacheDir: cache, weights }))
const method = findMethod('lora')
const config = parseFields(method.title, method.fields, { r: 16, target_modules: 'all-linear' })
const one = batch(loaded.model.facts.vocabularySize)
const { memory, totalBytes, trainableParameters } = estimateRun(loaded, method, config, one, {
  profile,
  maxGradientNorm: 1,
})
const session = new TrainingSession({
  device: await openDevice(device),
  loaded,
  method,
  config,
  profile,
  maxGradientNorm: 1,
})
const milliseconds: number[] = []
const losses: number[] = []
let compileSeconds = 0
if (steps > 0) {
  await session.initialise(1)
  ;[, compileSeconds] = await seconds(() => session.prepare(one, ['step']))
  // The first step fills caches and reads the mapped files for the first time.
  for (let step = 1; step <= steps + 1; step++) {
    const [{ loss }, spent] = await seconds(() =>
      session.step([one], { step, learningRate: 1e-4, weightDecay: 0 }),
    )
    losses.push(loss)
    if (step > 1) milliseconds.push(1000 * spent)
  }
}
await session.dispose()
const answer: Answer = {
  openSeconds,
  compileSeconds,
  estimate: { weights: memory.weights, activations: memory.activations, total: totalBytes },
  trainable: trainableParameters,
  milliseconds,
  losses,
}
process.stdout.write(`${JSON.stringify(answer)}\n`)
