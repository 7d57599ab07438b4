/**
 * A base model of 0.5 B parameters in every form that its frozen weights can be kept in: time of a step and memory.
 *
 *   node bench/big-model.ts [--json] [--weights float32,16-bit,8-bit,4-bit] [--profiles fast,low-memory] [--steps N]
 *                           [--device ID] [--rows N] [--length N] [--small]
 *
 * The model is random and written once, with its copies in other forms, to `.cache/bench` (about 4 GB). LoRA r=16 on every linear layer. Every setting runs in a process of its own, one after another.
 * --small: a tiny model shows that everything runs and measures nothing.
 */
import { readFlags, runScript } from '../engine/command-flags.ts'
import { baseModel } from './base-models.ts'
import { ask, type Peak } from './big-model/ask.ts'
import { type Answer, type Question, questionSchema } from './big-model/question.ts'
import { describeMachine } from './machine.ts'
import { median } from './measure.ts'
import { qwen2HalfBillion, tinyOf } from './shapes.ts'

interface Measured extends Question, Answer {
  readonly stepMs: number
  readonly peak: Peak | null
  /** Bringing the weights into their form, by a process before. */
  readonly prepareSeconds: number
}

const flags = {
  json: { type: 'boolean', default: false },
  small: { type: 'boolean', default: false },
  weights: { type: 'string', default: 'float32,16-bit,8-bit,4-bit' },
  profiles: { type: 'string', default: 'fast,low-memory' },
  steps: { type: 'string', default: '3' },
  device: { type: 'string', default: 'cpu' },
  rows: { type: 'string', default: '1' },
  length: { type: 'string', default: '256' },
} as const

async function measure(question: Question): Promise<Measured> {
  const prepared = await ask({ ...question, steps: 0 })
  const { answer, peak } = await ask(question)
  return {
    ...question,
    ...answer,
    peak,
    stepMs: median(answer.milliseconds),
    prepareSeconds: prepared.answer.openSeconds,
  }
}

const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? '–' : (bytes / 1e6).toFixed(0)

function table(rows: readonly Measured[]): string {
  const lines = [
    [
      'weights',
      'profile',
      'ms/step',
      'peak MB',
      'anonymous',
      'files',
      'estimate',
      'weights MB',
      'first loss',
      'prepared in',
    ],
    ...rows.map(({ weights, profile, stepMs, peak, estimate, losses, prepareSeconds }) => [
      weights,
      profile,
      stepMs.toFixed(0),
      megabytes(peak?.total),
      megabytes(peak?.anonymous),
      megabytes(peak?.file),
      megabytes(estimate.total),
      megabytes(estimate.weights),
      losses[0]!.toFixed(4),
      `${prepareSeconds.toFixed(1)} s`,
    ]),
  ]
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)))
  return lines.map((line) => line.map((cell, i) => cell.padStart(widths[i]!)).join('  ')).join('\n')
}

async function main(): Promise<void> {
  const { json, small, weights, profiles, device, ...counts } = readFlags(flags)
  const say = (text: string) => process.stderr.write(`${text}\n`)
  const machine = describeMachine()
  const name = `qwen2-0.5b${small ? '-tiny' : ''}`
  const { dir, copies } = await baseModel(name, small ? tinyOf(qwen2HalfBillion) : qwen2HalfBillion)
  const settings = weights.split(',').flatMap((choice) =>
    profiles.split(',').map((profile) => {
      const [rows, length, steps] = [counts.rows, counts.length, counts.steps].map(Number)
      return questionSchema.parse({
        model: dir,
        cache: copies,
        weights: choice,
        profile,
        device,
        rows,
        length,
        steps,
      })
    }),
  )
  const measured: Measured[] = []
  for (const setting of settings) {
    say(`${setting.weights}, ${setting.profile}`)
    measured.push(await measure(setting))
  }
  const report = { machine, small, settings: measured }
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${table(measured)}\n`)
}

await runScript(main)
