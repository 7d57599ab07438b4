/** Rendered conversations, their tokens and assistant masks equal to transformers'. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../json.ts'
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts'
import { type Message, type RenderOptions, renderChat } from './render-chat.ts'

const golden = new URL('../golden-data/', import.meta.url).pathname

interface Case {
  conversation: string
  messages: Message[]
  tools?: unknown[] | null
  template_kwargs?: Record<string, unknown>
  mode: 'plain' | 'add_generation_prompt' | 'continue_final_message'
  text?: string
  ids?: number[]
  error?: string
  assistant_masks?: number[]
  generation_char_spans?: [number, number][]
}
interface Golden {
  tokenizer: string
  template_variables_from_tokenizer: Record<string, string>
  chat_template: string
  cases: Case[]
}

const files = readdirSync(`${golden}chat`).sort()

test('all nine templates are there', () => {
  expect(files).toHaveLength(9)
})

describe.each(files)('%s', async (file) => {
  const {
    tokenizer: name,
    chat_template,
    cases,
    ...rest
  } = parseJson(readFileSync(`${golden}chat/${file}`, 'utf8')) as Golden
  const tokenizer = await loadTokenizer(`${golden}tokenizers/${name}`)

  test('variables from the tokenizer', () => {
    expect(tokenizer.specialTokens).toEqual(rest.template_variables_from_tokenizer)
  })

  test.each(cases)('$conversation, $mode', (golden) => {
    const options: RenderOptions = {
      template: chat_template,
      tools: golden.tools ?? null,
      templateKwargs: golden.template_kwargs ?? {},
      addGenerationPrompt: golden.mode === 'add_generation_prompt',
      continueFinalMessage: golden.mode === 'continue_final_message',
    }
    const render = () => renderChat(tokenizer, golden.messages, options)
    if (golden.error !== undefined) {
      const [kind, ...words] = golden.error.split(': ')
      // transformers' own sentence about the final message is long; ours says the same in other words.
      expect(render).toThrow(kind === 'TemplateError' ? words.join(': ') : 'cannot be continued')
      return
    }
    const { text, ids, assistantMask, generationSpans } = render()
    expect(text).toBe(golden.text)
    expect(ids).toEqual(golden.ids)
    if (golden.assistant_masks === undefined) return
    expect(assistantMask).toEqual(golden.assistant_masks)
    expect(generationSpans).toEqual(golden.generation_char_spans)
  })
})

describe('a tokenizer without a template', async () => {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
  ]
  test('uses plain headings and marks what the assistant says', async () => {
    const tokenizer = await loadTokenizer(`${golden}tokenizers/llama2`)
    const { text, assistantMask, ids } = renderChat(tokenizer, messages)
    expect(text).toBe('<s>### User:\nHi\n\n### Assistant:\nHello</s>\n\n')
    const learned = ids.filter((_, i) => assistantMask?.[i] === 1)
    expect(tokenizer.decode(learned).trim()).toBe('Hello</s>')
    expect(renderChat(tokenizer, messages.slice(0, 1), { addGenerationPrompt: true }).text).toMatch(
      /### Assistant:\n$/,
    )
  })

  test('bad input', async () => {
    const tokenizer = await loadTokenizer(`${golden}tokenizers/gpt2`)
    expect(() => renderChat(tokenizer, [])).toThrow(/no messages/)
    expect(() =>
      renderChat(tokenizer, messages, { addGenerationPrompt: true, continueFinalMessage: true }),
    ).toThrow(/both/)
    expect(() => renderChat(tokenizer, messages, { template: '{% if %}' })).toThrow(/cannot be read/)
    expect(() => renderChat(tokenizer, messages, { template: '{{ x.y }}' })).toThrow(/'x' is undefined/)
    expect(() => renderChat(tokenizer, [{ role: 'user' }], { continueFinalMessage: true })).toThrow(
      /no text to continue/,
    )
  })
})
