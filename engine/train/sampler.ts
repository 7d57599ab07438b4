/** Answers a run's pinned prompts along the way: greedy, with the values trained so far, which stay as they are. */
import { isChat, type PromptForm, promptTokens } from '../data/examples/prompt-tokens.ts'
import { decodeStream } from '../data/tokenizer/decode-stream.ts'
import type { Tokenizer } from '../data/tokenizer/tokenizer.ts'
import { StudioError } from '../errors.ts'
import { checkPrompt, type GeneratorOptions, openGenerator } from '../generate/generator.ts'
import type { SampleMade, SampleSettings } from './events.ts'
import type { LoopSampler } from './loop.ts'
import type { TrainPlan } from './plan.ts'

export interface Sampler extends LoopSampler {
  dispose(): Promise<void>
}

/**
 * @param source the model with the method, and the state whose values are read
 * @param form   how the prompts are written, as the training rows are
 * @throws StudioError where a prompt leaves no place for an answer
 */
export function openSampler(
  source: GeneratorOptions,
  tokenizer: Tokenizer,
  form: PromptForm,
  { prompts, every, maxTokens }: TrainPlan['samples'],
): Sampler {
  const settings: SampleSettings = { maxTokens, temperature: 0, seed: 0, chat: isChat(form) }
  const { endTokens } = source.loaded.model.facts
  const stopTokens = [...endTokens, ...(tokenizer.eosId === null ? [] : [tokenizer.eosId])]
  const encoded = prompts.map((prompt) => {
    const ids = promptTokens(prompt, tokenizer, form)
    try {
      checkPrompt(source, ids, settings)
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      const start = prompt.length > 40 ? `${prompt.slice(0, 40)}…` : prompt
      throw new StudioError('bad-config', `The pinned prompt "${start}": ${error.message}`, error.hint)
    }
    return { prompt, ids }
  })
  const longest = encoded.reduce((most, { ids }) => Math.max(most, ids.length), 0)
  const generator = openGenerator(source, longest + maxTokens)

  async function answer(step: number, prompt: string, ids: readonly number[], signal: AbortSignal) {
    const start = performance.now()
    const text = decodeStream(tokenizer)
    let [output, tokens] = ['', 0]
    for await (const id of generator.generate(ids, { ...settings, topP: 1, stopTokens, signal })) {
      output += text.push(id)
      tokens++
    }
    output += text.end()
    const seconds = (performance.now() - start) / 1000
    return { type: 'sample', step, prompt, output, tokens, settings, seconds } satisfies SampleMade
  }

  return {
    every,
    async *answers(step, signal) {
      for (const { prompt, ids } of encoded) {
        const made = await answer(step, prompt, ids, signal)
        // Half an answer is none: the run is ending.
        if (signal.aborted) return
        yield made
      }
    },
    dispose: () => generator.dispose(),
  }
}
