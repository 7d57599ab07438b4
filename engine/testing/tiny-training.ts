/** Real training runs on a tiny model for tests: rows, plans with folders of their own, and what a run told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { completePlan } from '../train/defaults.ts'
import type { EvaluationMetrics, RunFinished, SampleMade, StepMetrics, TrainEvent } from '../train/events.ts'
import type { TrainPlan } from '../train/plan.ts'
import { train } from '../train/train.ts'
import { writeTinyModel } from './tiny-model.ts'

/** Makes the model and the rows before the tests of a file and removes them behind. */
export function tinyTraining() {
  let folder = ''
  let model = ''
  let count = 0
  const rows = () => join(folder, 'rows.jsonl')
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'train-'))
    model = await writeTinyModel(join(folder, 'model'))
    const words = ['red', 'blue', 'green', 'big', 'small', 'old', 'new', 'warm']
    const lines = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({
        prompt: `Say ${words[i % 8]} ${words[(i * 3) % 8]}`,
        completion: `It is ${words[i % 8]}.`,
      }),
    )
    await writeFile(rows(), `${lines.join('\n')}\n`)
  })
  afterAll(() => rm(folder, { recursive: true }))
  return {
    plan: (changes: Partial<TrainPlan> = {}): TrainPlan =>
      completePlan({
        model,
        modelName: 'tiny',
        data: { train: rows(), validation: null, validationFraction: 0.2, learn: null, chat: null },
        method: 'lora',
        out: join(folder, `run-${count++}`),
        cache: join(folder, 'cache'),
        steps: 8,
        batch: 2,
        length: 64,
        evaluateEvery: 2,
        checkpointEvery: 3,
        ...changes,
      }),
  }
}

/** All events of a run; `watch` sees each as it comes. */
export async function collect(
  plan: TrainPlan,
  signal: AbortSignal = new AbortController().signal,
  watch: (event: TrainEvent) => void = () => {},
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of train(plan, signal)) {
    events.push(event)
    watch(event)
  }
  return events
}

export const steps = (events: readonly TrainEvent[]) =>
  events.filter((e): e is StepMetrics => e.type === 'step')
export const evaluations = (events: readonly TrainEvent[]) =>
  events.filter((e): e is EvaluationMetrics => e.type === 'evaluation')
export const samples = (events: readonly TrainEvent[]) =>
  events.filter((e): e is SampleMade => e.type === 'sample')
export const finished = (events: readonly TrainEvent[]) => events.at(-1) as RunFinished

/** What must be equal to the last bit. */
export const curve = (events: readonly TrainEvent[]) =>
  steps(events).map((s) => [s.step, s.loss, s.gradientNorm, s.learningRate])
