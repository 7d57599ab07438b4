/** Remarks: nothing about good choices, a sentence beside the field about others, refusals where training would refuse. */
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findMethod, methods } from '../../methods/index.ts'
import { type LoadedModel, outlineModel } from '../../models/load.ts'
import throwAway from '../../testing/throw-away-method.ts'
import { lookOver } from './look-over.ts'
import type { DataFacts } from './of-training.ts'

let loaded: LoadedModel
beforeAll(async () => {
  loaded = await outlineModel(join(import.meta.dirname, '../../../resources/models/studio-tiny'))
})

const data: DataFacts = {
  examples: 900,
  validationExamples: 100,
  batchesPerEpoch: 40,
  tokensPerEpoch: 36_000,
  truncated: 0,
  longest: 60,
}

const about = (
  name: string,
  methodConfig: Record<string, unknown> = {},
  training: Record<string, unknown> = {},
  facts: DataFacts | undefined = data,
) => lookOver({ loaded, method: findMethod(name), methodConfig, training, data: facts, cores: 2 })

const fieldsOf = (...args: Parameters<typeof about>) =>
  about(...args).map((r) => `${r.level} ${r.part} ${r.field}`)

test.each([...methods.keys()])('%s as it comes gives no cause for a remark', (name) => {
  // The bottleneck of Adapter+ is made for wider models than the built-in one, and that is worth saying.
  const known =
    name === 'adapter-plus' ? about(name).filter((r) => r.field !== 'reduction_factor') : about(name)
  expect(known).toEqual([])
})

describe('learning rate', () => {
  test('is judged by what the method needs', () => {
    const [remark] = about('ia3', {}, { learningRate: 1e-2 / 30 })
    expect(remark).toMatchObject({ level: 'unusual', field: 'learningRate', suggestion: 0.01 })
    expect(remark?.message).toMatch(/^This learning rate is 30× below what IA³ needs: /)
    expect(fieldsOf('lora', {}, { learningRate: 1e-2 / 30 })).toEqual([])
    expect(about('full', {}, { learningRate: 1e-2 })[0]?.message).toMatch(
      /100× above what Full fine-tuning needs/,
    )
  })
  test('without a range of its own, within ten times the default', () => {
    const at = (learningRate: number) =>
      lookOver({ loaded, method: throwAway, methodConfig: {}, training: { learningRate } }).map(
        (r) => r.field,
      )
    expect(at(0.05)).toEqual([])
    expect(at(0.6)).toEqual(['learningRate'])
    expect(at(0.004)).toEqual(['learningRate'])
  })
})

describe('what training would refuse is refused here, next to its field', () => {
  test('values that do not fit', () => {
    expect(
      about('lora', { r: 0, bias: 'some', r_pattern: {} }, { steps: 1.5, schedule: 'up' }),
    ).toMatchObject([
      { level: 'refused', part: 'method', field: 'r', message: 'Rank must be a whole number, 1 to 4096.' },
      { level: 'refused', part: 'method', field: 'bias' },
      { level: 'refused', part: 'method', field: null, message: 'LoRA has no option "r_pattern".' },
      { level: 'refused', part: 'training', field: 'steps' },
      { level: 'refused', part: 'training', field: 'schedule' },
    ])
  })
  test('rows longer than the context, and filled by virtual tokens', () => {
    expect(about('lora', {}, { length: 4096 })[0]).toMatchObject({
      level: 'refused',
      field: 'length',
      suggestion: 512,
    })
    expect(fieldsOf('prompt-tuning', { num_virtual_tokens: 64 }, { length: 64 })).toEqual([
      'refused training length',
    ])
    expect(fieldsOf('prompt-tuning', { num_virtual_tokens: 40 }, { length: 64 })).toEqual([
      'unusual training length',
    ])
  })
  test('options that choose nothing, or exclude each other', () => {
    expect(fieldsOf('lora', { target_modules: [] })).toContain('refused method null')
    expect(fieldsOf('lora', { target_modules: 'q_proj', layers_to_transform: [1] })).toContain(
      'refused method null',
    )
    expect(fieldsOf('dora', { lora_bias: true })).toContain('refused method null')
  })
})

describe('what makes little sense', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['lora', {}, { warmupSteps: 100 }, 'training warmupSteps'],
    ['lora', {}, { patience: 2, evaluateEvery: 0 }, 'training patience'],
    ['lora', {}, { patience: 5 }, 'training patience'],
    ['lora', {}, { evaluateEvery: 500 }, 'training evaluateEvery'],
    ['lora', {}, { threads: 64 }, 'training threads'],
    ['lora', {}, { steps: 4000 }, 'training steps'],
    ['lora', {}, { weightDecay: 2 }, 'training weightDecay'],
    ['lora', { lora_dropout: 0.8 }, {}, 'method lora_dropout'],
    ['lora', { r: 128, lora_alpha: 256 }, {}, 'method r'],
    ['lora', { lora_alpha: 0.1 }, {}, 'method lora_alpha'],
    ['lora', { bias: 'all' }, {}, 'method bias'],
    ['lora', { rank_pattern: { w_proj: 2 } }, {}, 'method rank_pattern'],
    ['lora', { target_modules: ['q_proj', 'v_prj'] }, {}, 'method target_modules'],
    ['ia3', { init_ia3_weights: false }, {}, 'method init_ia3_weights'],
    ['prompt-tuning', { num_virtual_tokens: 210 }, { length: 512 }, 'method num_virtual_tokens'],
    ['prompt-tuning', { prompt_tuning_init_text: 'Hello' }, {}, 'method prompt_tuning_init_text'],
    ['adapter', { reduction_factor: 500 }, {}, 'method reduction_factor'],
  ])('%s %j %j', (name, config, training, field) => {
    expect(fieldsOf(name, config, training)).toContain(`unusual ${field}`)
  })
  test('cut examples and missing validation rows, where the data is known', () => {
    const facts = { ...data, truncated: 37, longest: 700, validationExamples: null }
    expect(about('lora', {}, { patience: 3 }, facts)).toMatchObject([
      { field: 'patience', suggestion: 0 },
      { field: 'length', message: '37 of 900 training examples are longer than 256 tokens and will be cut.' },
    ])
  })
  test('suggestions are in order', () => {
    const remarks = about('lora', { r: 128, lora_alpha: 0.1 }, { warmupSteps: 300, learningRate: 1 })
    const suggested = remarks.filter((remark) => remark.suggestion !== undefined && remark.field !== 'r')
    expect(suggested.map((remark) => remark.field)).toEqual(['lora_alpha', 'learningRate', 'warmupSteps'])
    for (const { part, field, suggestion } of suggested) {
      const values = { [field!]: suggestion }
      expect(
        part === 'method' ? fieldsOf('lora', { r: 128, ...values }) : fieldsOf('lora', {}, values),
      ).not.toContain(`unusual ${part} ${field}`)
    }
  })
})

test('without a model, settings are judged by themselves', () => {
  const remarks = lookOver({
    loaded: undefined,
    method: findMethod('lora'),
    methodConfig: { r: -1 },
    training: {},
  })
  expect(remarks).toMatchObject([{ level: 'refused', field: 'r' }])
})
