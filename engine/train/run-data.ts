/** The data of a run: rows read, tokenised once, and laid out as batches for training and validation. */
import { join } from 'node:path'
import { allBatches, batchAt } from '../data/batches/batch-at.ts'
import { type BatchPlan, makeBatches } from '../data/batches/batch-plan.ts'
import {
  type Demonstrations,
  drawDemonstrations,
  withDemonstrations,
} from '../data/batches/demonstrations.ts'
import { exampleAt, type TokenizedDataset, tokenizedDataset } from '../data/batches/tokenized-dataset.ts'
import { type OpenedDataset, openDataset } from '../data/cache/open-dataset.ts'
import type { PromptForm } from '../data/examples/prompt-tokens.ts'
import { createRandom, permutation } from '../data/random.ts'
import type { Tokenizer } from '../data/tokenizer/tokenizer.ts'
import { StudioError } from '../errors.ts'
import type { AnyMethod } from '../methods/index.ts'
import type { LoopData } from './loop.ts'
import type { TrainPlan } from './plan.ts'

export interface RunData {
  readonly loop: LoopData
  /** One batch, for the shapes. */
  readonly train: BatchPlan
  readonly validation: BatchPlan | null
  /** How the training rows write their prompts. */
  readonly form: PromptForm
  /** Names the content: equal hashes mean equal batches for equal settings. */
  readonly hash: string
  /** What the person should know: bad rows, truncation. */
  readonly notices: readonly string[]
}

/** The examples of a run, read and tokenised. */
export interface RunExamples {
  readonly train: TokenizedDataset
  readonly validation: TokenizedDataset | null
  /** How the training rows write their prompts. */
  readonly form: PromptForm
  /** The token that begins every text, where the tokenizer has one. */
  readonly beginToken: number | null
  readonly notices: readonly string[]
}

/** The examples laid out in batches. */
export interface RunLayout {
  readonly train: BatchPlan
  readonly validation: BatchPlan | null
  readonly notices: readonly string[]
}

/** What a method puts before every example. */
export interface Front {
  /** Places of trained vectors. */
  readonly virtualTokens: number
  /** Training examples in front of those that are scored. */
  readonly demonstrations: Demonstrations
}

export const noFront: Front = { virtualTokens: 0, demonstrations: { count: 0, seed: 0 } }

export function frontOf(method: AnyMethod, config: unknown): Front {
  return {
    virtualTokens: method.virtualTokens?.(config) ?? 0,
    demonstrations: method.demonstrations?.(config) ?? noFront.demonstrations,
  }
}

export async function prepareData(plan: TrainPlan, tokenizer: Tokenizer, front: Front): Promise<RunData> {
  const examples = await openExamples(plan, tokenizer)
  const { train, validation, notices } = layOut(examples, plan, front)
  return {
    loop: {
      batchesPerEpoch: train.batchesPerEpoch,
      batchAt: (n) => batchAt(train, n),
      validation: validation === null ? [] : [...allBatches(validation)],
    },
    train,
    validation,
    form: examples.form,
    hash: `${examples.train.hash}+${examples.validation?.hash ?? ''}`,
    notices: [...examples.notices, ...notices],
  }
}

/** Reads and tokenises the rows of a run, or takes the tokens from the cache. */
export async function openExamples(
  plan: Pick<TrainPlan, 'data' | 'cache' | 'seed'>,
  tokenizer: Tokenizer,
): Promise<RunExamples> {
  const notices: string[] = []
  const asChat = plan.data.chat ?? tokenizer.chatTemplate !== null
  const open = async (path: string, what: string): Promise<OpenedDataset> => {
    const { learn } = plan.data
    const examples = {
      asChat,
      ...(learn === null ? {} : { learn }),
    }
    const opened = await openDataset(path, tokenizer, join(plan.cache, 'tokens'), { examples })
    notices.push(...reportNotices(opened, what))
    return opened
  }
  const { dataset: rows, report } = await open(plan.data.train, 'training')
  const parts =
    plan.data.validation === null
      ? split(rows, plan.data.validationFraction, plan.seed)
      : { train: rows, validation: (await open(plan.data.validation, 'validation')).dataset }
  const beginToken = tokenizer.idOf('bos_token')
  return { ...parts, form: { format: report.format, asChat }, beginToken, notices }
}

/** @throws StudioError where nothing is left to learn, or the virtual tokens fill the rows */
export function layOut(
  examples: Pick<RunExamples, 'train' | 'validation' | 'beginToken'>,
  plan: Pick<TrainPlan, 'batch' | 'length' | 'packing' | 'seed'>,
  { virtualTokens, demonstrations }: Front,
): RunLayout {
  const shown = drawDemonstrations(examples.train, demonstrations)
  const scored =
    examples.validation &&
    withDemonstrations(examples.validation, shown, plan.length - virtualTokens, examples.beginToken)
  const layout = {
    rows: plan.batch,
    length: plan.length,
    packing: plan.packing,
    virtualTokens,
    seed: plan.seed,
  }
  const train = makeBatches(examples.train, layout)
  const validation = scored === null ? null : makeBatches(scored.dataset, { ...layout, shuffle: false })
  const notices: string[] = []
  for (const [part, what] of [
    [train, 'training'],
    [validation, 'validation'],
  ] as const)
    if (part !== null && part.truncated > 0)
      notices.push(
        `${part.truncated} of ${part.dataset.count} ${what} examples are longer than ${plan.length} tokens and were cut${part.dropped > 0 ? `; ${part.dropped} have no label left` : ''}.`,
      )
  if (scored && scored.shortened > 0)
    notices.push(
      `${scored.shortened} of ${scored.dataset.count} validation examples have room for fewer than ${shown.length} examples before them in ${plan.length} tokens.`,
    )
  return { train, validation, notices }
}

function reportNotices({ report }: OpenedDataset, what: string): string[] {
  if (report.badCount === 0) return []
  const first = report.bad.slice(0, 3).map(({ line, reason }) => `line ${line}: ${reason}`)
  return [
    `${report.badCount} rows of the ${what} data are left out (${first.join('; ')}${report.badCount > 3 ? '; …' : ''}).`,
  ]
}

/** Holds out a share of the examples, chosen by the seed. */
function split(rows: TokenizedDataset, fraction: number, seed: number) {
  const count = Math.round(rows.count * fraction)
  if (fraction === 0) return { train: rows, validation: null }
  if (count === 0 || count === rows.count)
    throw new StudioError(
      'bad-data',
      `${rows.count} examples cannot be split into training and validation (${fraction} held out).`,
      'Add rows, give a validation file, or set the validation fraction to 0.',
    )
  const order = permutation(rows.count, createRandom(seed))
  const part = (from: number, to: number, name: string) =>
    tokenizedDataset(
      [...order.subarray(from, to)].sort((a, b) => a - b).map((i) => exampleAt(rows, i)),
      `${rows.hash}/${name}/${fraction}/${seed}`,
    )
  return { train: part(count, rows.count, 'train'), validation: part(0, count, 'validation') }
}
