/** Command: `node resources/generate/pretrain.ts` trains the built-in base model from scratch on the generated corpus. */
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { allBatches, batchAt } from '../../engine/data/batches/batch-at.ts'
import { makeBatches } from '../../engine/data/batches/batch-plan.ts'
import { type TokenizedDataset, tokenizedDataset } from '../../engine/data/batches/tokenized-dataset.ts'
import { loadTokenizer } from '../../engine/data/tokenizer/load-tokenizer.ts'
import { readJsonObject } from '../../engine/files/json.ts'
import { writeRandomModel } from '../../engine/files/random-model.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { openModel } from '../../engine/models/load.ts'
import { saveModel } from '../../engine/models/save-model.ts'
import { openDevice } from '../../engine/runtimes/index.ts'
import { latestCheckpoint, loadCheckpoint } from '../../engine/train/checkpoint.ts'
import { loop } from '../../engine/train/loop.ts'
import { TrainingSession } from '../../engine/train/session.ts'
import { corpus } from './corpus.ts'

const modelDir = join(import.meta.dirname, '../models/studio-tiny')

const { values: given } = parseArgs({
  options: {
    documents: { type: 'string', default: '60000' },
    steps: { type: 'string', default: '2400' },
    rows: { type: 'string', default: '16' },
    length: { type: 'string', default: '256' },
    'learning-rate': { type: 'string', default: '3e-3' },
    seed: { type: 'string', default: '1' },
    work: { type: 'string', default: '.cache/pretrain' },
  },
})
const [documents, steps, rows, length, seed] = [
  given.documents,
  given.steps,
  given.rows,
  given.length,
  given.seed,
].map(Number) as [number, number, number, number, number]

/** Documents as token ids, each ended by the end token; everything is learned. */
async function tokenized(first: number, count: number): Promise<TokenizedDataset> {
  const tokenizer = await loadTokenizer(modelDir)
  const end = tokenizer.eosId!
  const examples = [...corpus(first, count)].map((text) => {
    const ids = tokenizer.encode(text)
    const ended = Int32Array.from(ids.at(-1) === end ? ids : [...ids, end])
    return { ids: ended, labels: ended }
  })
  return tokenizedDataset(examples, `corpus-${first}-${count}`)
}

const start = join(given.work, 'start')
await mkdir(given.work, { recursive: true })
await writeRandomModel(start, (await readJsonObject(join(modelDir, 'config.json'))).json, seed)
const loaded = await openModel(start)
const session = new TrainingSession({
  device: await openDevice(),
  loaded,
  method: findMethod('full'),
  config: {},
  maxGradientNorm: 1,
})
await session.initialise(seed)
const layout = { rows, length, packing: true, seed }
const train = makeBatches(await tokenized(seed, documents), layout)
const validation = makeBatches(await tokenized(seed + 1, 400), { ...layout, shuffle: false })
console.log(
  `${session.trainableParameters} parameters, ${train.tokensPerEpoch} tokens, ${train.batchesPerEpoch} steps per pass`,
)

const checkpointDir = join(given.work, 'checkpoints')
const newest = await latestCheckpoint(checkpointDir)
const running = loop(
  session,
  {
    batchesPerEpoch: train.batchesPerEpoch,
    batchAt: (n) => batchAt(train, n),
    validation: [...allBatches(validation)],
  },
  {
    schedule: { name: 'cosine', learningRate: Number(given['learning-rate']), warmupSteps: 100, steps },
    weightDecay: 0.01,
    gradientAccumulation: 1,
    evaluateEvery: 200,
    checkpointEvery: 200,
    patience: 0,
    keepBest: false,
    checkpointDir,
    keepCheckpoints: 2,
    optimizerSteps: 0,
    resumeFrom: newest === undefined ? null : await loadCheckpoint(newest),
    fingerprint: JSON.stringify(given),
  },
  new AbortController().signal,
  { paused: () => false },
)
for (;;) {
  const { value, done } = await running.next()
  if (done) {
    const changed = new Map([...value.values].map(([name, tensor]) => [name, async () => tensor] as const))
    const out = join(given.work, 'model')
    await rm(out, { recursive: true, force: true })
    await saveModel(out, { loaded, changed })
    await copyFile(join(out, 'model.safetensors'), join(modelDir, 'model.safetensors'))
    console.log(
      `validation loss ${value.validationLoss}, ${Math.round(value.state.trainingSeconds)} s of training`,
    )
    break
  }
  if (value.type === 'evaluation')
    console.log(`step ${value.step}: validation loss ${value.validationLoss.toFixed(4)}`)
  if (value.type === 'step' && value.step % 50 === 0)
    console.log(`step ${value.step}: loss ${value.loss.toFixed(4)}, ${value.seconds.toFixed(2)} s`)
}
await session.dispose()
