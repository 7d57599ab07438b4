/** Rows, labels and batches equal to TRL's, and what happens to rows that do not fit. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../batch.ts'
import { batchAt } from '../batches/batch-at.ts'
import type { BatchPlan } from '../batches/batch-plan.ts'
import { type Example, type PackingStrategy, packExamples } from '../batches/packing.ts'
import { tokenizedDataset } from '../batches/tokenized-dataset.ts'
import { renderChat } from '../chat/render-chat.ts'
import { parseJson } from '../json.ts'
import { readDataset } from '../read/read-dataset.ts'
import type { Row } from '../read/row.ts'
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { alpacaPrompt } from './alpaca.ts'
import { detectFormat, sourceOf } from './dataset-format.ts'
import { type ExampleOptions, toExamples } from './to-examples.ts'

const golden = new URL('../golden-data/', import.meta.url).pathname
const readGolden = (path: string) => parseJson(readFileSync(golden + path, 'utf8'))

interface TrlBatch {
  input_ids: number[][]
  labels: number[][]
  attention_mask?: number[][]
  position_ids?: number[][]
}
interface Case {
  name: string
  tokenizer: string
  chat_template: string | null
  sft_config: {
    per_device_train_batch_size: number
    max_length?: number | null
    truncation_mode?: 'keep_start' | 'keep_end'
    eos_token?: string
    dataset_text_field?: string
    completion_only_loss?: boolean
    assistant_only_loss?: boolean
    packing?: boolean
    packing_strategy?: PackingStrategy
    shuffle_dataset?: boolean
  }
  rows: Record<string, unknown>[]
  resolved?: { completion_only_loss: boolean; padding_free: boolean }
  prepared?: { input_ids: number[]; labels: number[]; seq_lengths?: number[] }[]
  warnings?: string[]
  batches?: TrlBatch[]
  error?: string
}

const numbered = (rows: readonly Record<string, unknown>[]): Row[] =>
  rows.map((value, i) => ({ line: i + 1, value }))

const tokenizers = new Map<string, Tokenizer>()
for (const name of ['gpt2', 'llama2', 'llama3', 'qwen2', 't5']) {
  tokenizers.set(name, await loadTokenizer(`${golden}tokenizers/${name}`))
}

/** TRL's defaults, written as our options. */
function optionsOf({ sft_config: config, resolved, chat_template }: Case): ExampleOptions {
  return {
    learn: {
      completion: resolved?.completion_only_loss ?? true,
      assistant: config.assistant_only_loss ? 'markers' : false,
    },
    maxLength: config.packing ? null : config.max_length === undefined ? 1024 : config.max_length,
    truncation: config.truncation_mode ?? 'keep_start',
    mapRoles: false,
    ...(config.eos_token === undefined ? {} : { eosToken: config.eos_token }),
    ...(config.dataset_text_field === undefined ? {} : { textField: config.dataset_text_field }),
    ...(chat_template === null
      ? {}
      : { template: (readGolden(`chat/${chat_template}.json`) as { chat_template: string }).chat_template }),
  }
}

function prepare(golden: Case): { rows: Example[]; lengths: (readonly number[])[]; shifted: number } {
  const { examples, shiftedBorders } = toExamples(
    numbered(golden.rows),
    tokenizers.get(golden.tokenizer)!,
    optionsOf(golden),
  )
  const { packing, packing_strategy = 'bfd', max_length } = golden.sft_config
  if (!packing)
    return { rows: [...examples], lengths: examples.map((e) => [e.ids.length]), shifted: shiftedBorders }
  const packed = packExamples(examples, packing_strategy, max_length ?? 1024)
  return { rows: packed, lengths: packed.map((row) => row.lengths), shifted: shiftedBorders }
}

/** Real tokens with their positions, and the labels as (place that predicts, id). */
function contentOf(batch: Batch): { tokens: number[][]; labels: string[] } {
  const tokens: number[][] = []
  for (const [i, id] of batch.inputIds.entries())
    if (batch.segments[i]) tokens.push([i, id, batch.positions[i]!])
  const labels = [...batch.labelPositions].flatMap((at, s) =>
    batch.labelWeights[s] ? [`${at}:${batch.labelIds[s]}`] : [],
  )
  return { tokens, labels }
}

/** The same of a batch TRL made; its loss predicts the label at t from t - 1. */
function contentOfTrl(batch: TrlBatch, real: number): { tokens: number[][]; labels: string[] } {
  const tokens: number[][] = []
  const labels: string[] = []
  for (const [row, ids] of batch.input_ids.entries()) {
    for (const [i, id] of ids.entries()) {
      const at = row * ids.length + i
      const label = batch.labels[row]![i]!
      if (i > 0 && label !== -100) labels.push(`${at - 1}:${label}`)
      if (batch.attention_mask ? batch.attention_mask[row]![i] : i < real) {
        tokens.push([at, id, batch.position_ids?.[row]?.[i] ?? i])
      }
    }
  }
  return { tokens, labels }
}

/** Our batch of the same rows: one example per row, or all in one row where TRL flattens. */
function ourBatch(
  rows: readonly Example[],
  lengths: readonly (readonly number[])[],
  flat: boolean,
  width: number,
): Batch {
  const parts = rows.flatMap((row, r) => {
    let at = 0
    return (flat ? lengths[r]! : [row.ids.length]).map((length) => {
      const part = { ids: row.ids.subarray(at, at + length), labels: row.labels.subarray(at, at + length) }
      at += length
      return part
    })
  })
  const dataset = tokenizedDataset(parts, 'x')
  const everything = parts.map((_, i) => i)
  // The layout is TRL's here; makeBatches would choose its own order.
  const plan: BatchPlan = {
    dataset,
    options: {
      rows: flat ? 1 : parts.length,
      length: width,
      packing: true,
      virtualTokens: 0,
      seed: 0,
      shuffle: false,
    },
    layout: flat ? [everything] : everything.map((i) => [i]),
    batchesPerEpoch: 1,
    labelSlots: dataset.ids.length,
    truncated: 0,
    dropped: 0,
    labelsPerEpoch: 0,
    tokensPerEpoch: dataset.ids.length,
  }
  return batchAt(plan, 0)
}

function check(golden: Case): void {
  if (golden.error !== undefined) {
    expect(() => prepare(golden)).toThrow()
    return
  }
  const { rows, lengths, shifted } = prepare(golden)
  if (golden.sft_config.shuffle_dataset) return
  const got = rows.map((row) => ({ input_ids: [...row.ids], labels: [...row.labels] }))
  expect(got).toEqual(golden.prepared!.map(({ input_ids, labels }) => ({ input_ids, labels })))
  if (golden.prepared![0]?.seq_lengths)
    expect(lengths).toEqual(golden.prepared!.map((row) => row.seq_lengths))
  expect(shifted > 0).toBe((golden.warnings ?? []).some((warning) => warning.includes('Mismatch')))
  const size = golden.sft_config.per_device_train_batch_size
  for (const [i, want] of golden.batches!.entries()) {
    const part = rows.slice(i * size, (i + 1) * size)
    const partLengths = lengths.slice(i * size, (i + 1) * size)
    const real = part.reduce((sum, row) => sum + row.ids.length, 0)
    const flat = golden.resolved!.padding_free
    const ours = ourBatch(part, partLengths, flat, want.input_ids[0]!.length)
    expect(contentOf(ours)).toEqual(contentOfTrl(want, real))
  }
}

describe.each(['text', 'prompt_completion', 'conversational', 'pretokenized', 'packing'])(
  'sft/%s',
  (file) => {
    const { cases } = readGolden(`sft/${file}.json`) as { cases: Case[] }
    // padding_free with max_length is a setting of TRL's own that it refuses; we have no such setting.
    test.each(cases.filter(({ name }) => name !== 'padding_free_with_max_length'))('$name', check)
  },
)

describe('formats', () => {
  test('alpaca', () => {
    const { rows, ...sft } = readGolden('formats/alpaca.json') as {
      rows: { instruction: string; input?: string; output: string; prompt: string; text: string }[]
      sft_prompt_completion: Case
      sft_formatting_func: Case
    }
    for (const { instruction, input, prompt } of rows)
      expect(alpacaPrompt(instruction, input ?? '')).toBe(prompt)
    check(sft.sft_prompt_completion)
    const raw = rows.map(({ instruction, input, output }) => ({ instruction, input, output }))
    check({ ...sft.sft_prompt_completion, rows: raw })
    check({ ...sft.sft_formatting_func, rows: rows.map(({ text }) => ({ text })) })
  })

  test('ShareGPT, as TRL takes it and with the roles mapped', () => {
    const { rows, trl_maybe_convert_to_chatml, messages, sft_direct, sft_mapped } = readGolden(
      'formats/sharegpt.json',
    ) as Record<'rows' | 'trl_maybe_convert_to_chatml' | 'messages', { messages: unknown }[]> & {
      sft_direct: Case
      sft_mapped: Case
    }
    const read = (mapRoles: boolean) =>
      rows
        .map((row) => ({ messages: sourceOf(row, 'conversations', { mapRoles }) }))
        .map(({ messages: source }) => (source.kind === 'chat' ? { messages: source.messages } : null))
    expect(read(false)).toEqual(trl_maybe_convert_to_chatml)
    expect(read(true)).toEqual(messages)
    check(sft_direct)
    check(sft_mapped)
  })

  test('OpenAI', async () => {
    const openai = readGolden('formats/openai_chat.json') as {
      rows_as_datasets_loads_them: Record<string, unknown>[]
      rendered_from_the_file: string[]
      sft: Case
    }
    check({ ...openai.sft, rows: openai.rows_as_datasets_loads_them })
    const { rows } = await readDataset(`${golden}formats/openai_chat.jsonl`)
    expect(detectFormat(rows)).toBe('messages')
    check({ ...openai.sft, rows: rows.map((row) => row.value) })
    const { template } = optionsOf(openai.sft)
    const rendered = rows.map(({ value }) => {
      const source = sourceOf(value, 'messages')
      if (source.kind !== 'chat' || template === undefined) return null
      return renderChat(tokenizers.get('qwen2')!, source.messages, { template, tools: source.tools }).text
    })
    expect(rendered).toEqual(openai.rendered_from_the_file)
  })
})

describe('what is learned', () => {
  const qwen = tokenizers.get('qwen2')!
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'Bye' },
    { role: 'assistant', content: 'See you' },
  ]
  const learned = (rows: Record<string, unknown>[], options: ExampleOptions) =>
    toExamples(numbered(rows), qwen, options).examples.map(({ labels }) =>
      qwen.decode([...labels].filter((id) => id >= 0)),
    )
  const { chat_template: template } = readGolden('chat/chatml.json') as { chat_template: string }

  test('assistant turns of a template without markers', () => {
    expect(learned([{ messages }], { template })).toEqual(['Hello<|im_end|>\nSee you<|im_end|>\n'])
    expect(learned([{ messages }], {})).toEqual(['Hello<|im_end|>See you<|im_end|>'])
    expect(learned([{ messages }], { template, learn: 'all' })[0]).toContain('user\nHi')
  })

  test('completions', () => {
    const row = { prompt: 'What is 2 + 3? ', completion: '5' }
    expect(learned([row], {})).toEqual(['5<|im_end|>'])
    expect(learned([row], { learn: 'all' })).toEqual(['What is 2 + 3? 5<|im_end|>'])
    expect(learned([{ text: 'abc' }], {})).toEqual(['abc<|im_end|>'])
    const chat = { prompt: messages.slice(0, 3), completion: messages.slice(3) }
    expect(learned([chat], { template })).toEqual(['See you<|im_end|>\n'])
    expect(learned([chat], { template, learn: 'assistant' })).toEqual([
      'Hello<|im_end|>\nSee you<|im_end|>\n',
    ])
  })

  test('a template that rewrites earlier turns', () => {
    const rewriting = '{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}'
    expect(() => learned([{ messages }], { template: rewriting })).toThrow(/changes earlier turns/)
  })
})

describe('rows that do not fit', () => {
  const gpt2 = tokenizers.get('gpt2')!
  const good = { prompt: 'a', completion: 'b' }
  test.each([
    ['a missing field', { prompt: 'a' }, /"completion" is missing/],
    ['a number for text', { prompt: 1, completion: 'b' }, /"prompt" is not text/],
    [
      'text and messages mixed',
      { prompt: [{ role: 'user', content: 'x' }], completion: 'b' },
      /"prompt" is not text/,
    ],
  ])('%s', (_, row, reason) => {
    const { examples, bad, lines } = toExamples(numbered([good, row, good]), gpt2)
    expect(examples).toHaveLength(2)
    expect(lines).toEqual([1, 3])
    expect(bad).toEqual([{ line: 2, reason: expect.stringMatching(reason) }])
  })

  test.each([
    ['messages', { messages: [] }, /"messages" is empty/],
    ['messages', { messages: [{ content: 'x' }] }, /message 1 .* no "role"/],
    ['messages', { messages: 'x' }, /not a list/],
    ['messages', { messages: [{ role: 'user', content: 'x' }], tools: 5 }, /"tools"/],
    ['conversations', { conversations: [{ value: 'x' }] }, /no "from"/],
    ['conversations', { conversations: [7] }, /not an object/],
    ['pretokenized', { input_ids: [1.5] }, /whole numbers/],
    ['pretokenized', { input_ids: [1], labels: [1, 2] }, /2 entries where "input_ids" has 1/],
    ['pretokenized', { input_ids: [99999] }, /not in the vocabulary/],
    ['alpaca', { instruction: 'x', output: null }, /"output" is missing/],
  ] as const)('%s %j', (format, row, reason) => {
    expect(() => toExamples(numbered([row]), gpt2, { format })).toThrow(reason)
  })

  test('a template that refuses a conversation spoils its row only', () => {
    const { chat_template: template } = readGolden('chat/gemma.json') as { chat_template: string }
    const system = { role: 'system', content: 's' }
    const rows = [
      [system],
      [
        { role: 'user', content: 'u' },
        { role: 'assistant', content: 'a' },
      ],
    ].map((messages) => ({ messages }))
    const { examples, bad } = toExamples(numbered(rows), gpt2, { template })
    expect(examples).toHaveLength(1)
    expect(bad[0]?.reason).toMatch(/no system role/)
  })

  test('columns nobody knows', () => {
    expect(() => detectFormat(numbered([{ question: 'a', answer: 'b' }]))).toThrow(/question, answer/)
    expect(() => toExamples([], gpt2)).toThrow(/empty/)
  })

  test('lists inside CSV cells', async () => {
    const { rows } = await readDataset({ text: 'input_ids\n"[1, 2, 3]"\n', format: 'csv' })
    expect([...toExamples(rows, gpt2).examples[0]!.ids]).toEqual([1, 2, 3])
  })
})

test('cut and dropped rows are counted', () => {
  const gpt2 = tokenizers.get('gpt2')!
  const rows = [
    { prompt: 'What is this? ', completion: 'A robot and two apples' },
    { prompt: 'What is this, and that, and the other thing, and all of it? ', completion: 'x' },
  ]
  expect(toExamples(numbered(rows), gpt2, { maxLength: 12 })).toMatchObject({ truncated: 2, dropped: 1 })
  expect(() => toExamples(numbered(rows), gpt2, { maxLength: 3 })).toThrow(/nothing|anything learned/)
})
