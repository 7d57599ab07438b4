/** Pinned prompts: answered along the way without changing the run by a bit. */
import { describe, expect, test } from 'vitest'
import { bindAdapter, openAdapter } from '../adapters/adapter-folder.ts'
import { promptTokens } from '../data/examples/prompt-tokens.ts'
import { loadTokenizer } from '../data/tokenizer/load-tokenizer.ts'
import { generate } from '../generate/generator.ts'
import { openModel } from '../models/load.ts'
import { cpu } from '../testing/cpu.ts'
import { collect, curve, evaluations, finished, samples, tinyTraining } from '../testing/tiny-training.ts'
import type { TrainPlan } from './plan.ts'
import { TrainingSession } from './session.ts'

const { plan } = tinyTraining()
const prompts = ['Say red blue', 'Say warm']
const asked = { prompts, every: 3, maxTokens: 12 }

describe('a run with samples', () => {
  for (const changes of [
    {},
    { methodConfig: { lora_dropout: 0.3 }, gradientAccumulation: 2 },
    { method: 'prompt-tuning', methodConfig: { num_virtual_tokens: 4 } },
    { method: 'full', learningRate: 1e-3 },
  ] as Partial<TrainPlan>[])
    test(`has the same losses and values as one without: ${JSON.stringify(changes)}`, async () => {
      const without = await collect(plan(changes))
      const withThem = await collect(plan({ ...changes, samples: asked }))
      expect(curve(withThem)).toEqual(curve(without))
      expect(evaluations(withThem).map((e) => e.validationLoss)).toEqual(
        evaluations(without).map((e) => e.validationLoss),
      )
      expect(samples(withThem).map(({ step, prompt }) => [step, prompt])).toEqual(
        [0, 3, 6, 8].flatMap((step) => prompts.map((prompt) => [step, prompt])),
      )
    })

  test('answers what the saved adapter answers', async () => {
    const of = plan({ steps: 30, learningRate: 0.02, samples: { ...asked, every: 0 }, keepBest: false })
    const events = await collect(of)
    const [before, after] = [0, 30].map((step) => samples(events).find((s) => s.step === step)!.output)
    expect(after).not.toBe(before)

    const loaded = await openModel(of.model)
    const adapter = await openAdapter(finished(events).adapterPath)
    const session = new TrainingSession({ device: cpu, loaded, ...adapter })
    await session.load(
      bindAdapter(
        adapter,
        session.trained,
        loaded.sites.map((site) => site.module),
      ),
    )
    const tokenizer = await loadTokenizer(of.model)
    const ids = promptTokens(prompts[0]!, tokenizer, { format: 'prompt-completion', asChat: true })
    const produced: number[] = []
    const stopTokens = [...loaded.model.facts.endTokens, tokenizer.eosId!]
    for await (const id of generate({ device: cpu, loaded, ...adapter, state: session.state }, ids, {
      maxTokens: 12,
      temperature: 0,
      topP: 1,
      seed: 0,
      stopTokens,
    }))
      produced.push(id)
    expect(tokenizer.decode(produced, { skipSpecialTokens: true })).toBe(after)
    await session.dispose()
  })

  test('resumed, it answers what the uninterrupted run answers, and nothing twice', async () => {
    const whole = await collect(plan({ samples: asked }))
    const of = plan({ samples: asked })
    const abort = new AbortController()
    const first = await collect(of, abort.signal, (e) => {
      if (e.type === 'step' && e.step === 5) abort.abort('suspend')
    })
    const second = await collect({ ...of, resume: 'latest' })
    const texts = (events: typeof whole) => samples(events).map((s) => [s.step, s.prompt, s.output])
    expect([...texts(first), ...texts(second)]).toEqual(texts(whole))
  })

  test('a prompt that leaves no place for an answer is refused before training', async () => {
    const long = 'word '.repeat(3000)
    await expect(collect(plan({ samples: { ...asked, prompts: [long] } }))).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining('The pinned prompt "word word'),
    })
  })
})
