/** The drawing of a model says what attaching really trains, place by place. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultsOf } from '../methods/fields.ts'
import { findMethod, methods } from '../methods/index.ts'
import { type LoadedModel, openModel, outlineModel } from '../models/load.ts'
import { cpu } from '../testing/cpu.ts'
import { writeTinyModel } from '../testing/tiny-model.ts'
import { type DrawnSite, drawModel, type ModelDrawing } from './drawing.ts'
import { TrainingSession } from './session.ts'

const golden = ['llama', 'gpt2', 'qwen2']
const made = ['qwen3', 'mistral']
let temporary: string
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'drawing-'))
  for (const type of made) await writeTinyModel(join(temporary, type), { model_type: type })
})
afterAll(() => rm(temporary, { recursive: true }))

const folder = (name: string) =>
  golden.includes(name) ? join(import.meta.dirname, '../golden', name, 'base') : join(temporary, name)

const placesOf = ({ before, groups, after }: ModelDrawing): DrawnSite[] => [
  ...before,
  ...groups.flatMap((group) => group.layers.flatMap(() => group.sites)),
  ...after,
]
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const draw = (loaded: LoadedModel, name: string, changes: Record<string, unknown> = {}) => {
  const method = findMethod(name)
  return drawModel(loaded, method, { ...defaultsOf(method.fields), ...changes })
}

test.each([...golden, ...made])(
  '%s: every trained number of every method stands at a place, once',
  async (base) => {
    const loaded = await outlineModel(folder(base))
    for (const method of methods.values()) {
      const config = defaultsOf(method.fields)
      const drawing = drawModel(loaded, method, config)
      const session = new TrainingSession({
        device: cpu,
        loaded: await openModel(folder(base)),
        method,
        config,
      })
      const drawn = placesOf(drawing).flatMap((site) => site.trained)
      expect(sum(drawn.map((t) => t.parameters)), method.name).toBe(session.trainableParameters)
      expect(drawing.trainedTensors, method.name).toBe(session.trained.length)
      expect(drawing.trainedParameters, method.name).toBe(session.trainableParameters)
      // A tied head has no numbers of its own, so that all places together are the model.
      expect(
        sum(
          placesOf(drawing)
            .filter((s) => s.kind !== 'parameter')
            .map((s) => s.baseParameters),
        ),
      ).toBe(loaded.totalParameters)
    }
  },
)

test('a tied head is the embedding again, and is trained with it', async () => {
  const loaded = await outlineModel(join(import.meta.dirname, '../../resources/models/studio-tiny'))
  const headOf = (drawing: ModelDrawing) => drawing.after.at(-1)
  expect(headOf(draw(loaded, 'full'))).toMatchObject({ sharedWith: 'model.embed_tokens', trained: [] })
  expect(headOf(draw(loaded, 'lora'))).toMatchObject({ sharedWith: null })
})

test('layers that get the same stand together, others apart', async () => {
  const loaded = await outlineModel(folder('gpt2'))
  const { layers } = loaded.model.facts
  const all = Array.from({ length: layers }, (_, i) => i)
  expect(draw(loaded, 'lora').groups.map((g) => g.layers)).toEqual([all])
  const some = draw(loaded, 'lora', { target_modules: ['c_attn'], layers_to_transform: [1] })
  expect(some.groups.map((g) => g.layers)).toEqual([all.filter((i) => i !== 1), [1]])
  const lit = some.groups.map((g) => g.sites.filter((s) => s.trained.length > 0).map((s) => s.name))
  expect(lit).toEqual([[], ['attn.c_attn']])
})

test('parts outside of the layers: virtual tokens, trained rows and copies of the embedding', async () => {
  const loaded = await outlineModel(folder('llama'))
  const prompt = draw(loaded, 'prompt-tuning', { num_virtual_tokens: 7 })
  expect(prompt.virtualTokens).toBe(7)
  expect(prompt.before.flatMap((site) => site.trained.map((t) => [site.kind, t.shape]))).toEqual([
    ['sequence', [7, loaded.model.facts.width]],
  ])
  const rows = draw(loaded, 'lora', { trainable_token_indices: [3, 5] })
  expect(rows.before[0]).toMatchObject({
    kind: 'embedding',
    trained: [{ shape: [2, loaded.model.facts.width] }],
  })
  const copied = draw(loaded, 'lora', { modules_to_save: ['embed_tokens'] })
  expect(copied.before[0]?.trained).toMatchObject([
    { ofBase: true, shape: [loaded.model.facts.vocabularySize, loaded.model.facts.width] },
  ])
})
