/** Which tokens of an example are learned. */
import {
  chatTemplateOf,
  type Message,
  maskOf,
  pointCounter,
  type RenderOptions,
  renderChat,
  renderChatText,
} from '../chat/render-chat.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { RowProblem } from './source.ts'

/**
 * completion: what follows the prompt, or every assistant turn of a chat; assistant: assistant turns only (also inside
 * a completion); all: everything.
 */
export type Learn = 'completion' | 'assistant' | 'all'

/** TRL's two switches, for equal results; `markers` insists on `{% generation %}` in the template, as TRL does. */
export interface LearnMasks {
  readonly completion: boolean
  readonly assistant: 'markers' | 'turns' | false
}

export function masksOf(
  learn: Learn | LearnMasks,
  kind: 'text' | 'pair' | 'chat' | 'chat-pair' | 'ids',
): LearnMasks {
  if (typeof learn !== 'string') return learn
  if (learn === 'all') return { completion: false, assistant: false }
  if (kind === 'chat') return { completion: false, assistant: 'turns' }
  if (kind === 'chat-pair' && learn === 'assistant') return { completion: false, assistant: 'turns' }
  return { completion: true, assistant: false }
}

export interface MaskedTokens {
  readonly ids: number[]
  /** 1 = learned; null = all of them. */
  readonly mask: number[] | null
}

/** @throws RowProblem when the template shows no borders between the turns */
export function assistantTokens(
  tokenizer: Tokenizer,
  messages: readonly Message[],
  options: RenderOptions,
  how: 'markers' | 'turns',
): MaskedTokens {
  if (chatTemplateOf(tokenizer, options).marksGeneration) {
    const { ids, assistantMask } = renderChat(tokenizer, messages, options)
    return { ids, mask: assistantMask }
  }
  if (how === 'markers') {
    throw new RowProblem(
      'the chat template has no {% generation %} markers, so it does not say what the assistant wrote',
    )
  }
  const text = renderChatText(tokenizer, messages, options)
  const point = pointCounter(text)
  const spans = turnSpans(tokenizer, messages, options, text).map(
    ([start, end]) => [point(start), point(end)] as const,
  )
  const { ids, offsets } = tokenizer.encodeWithOffsets(text, { addSpecialTokens: false })
  return { ids, mask: maskOf(offsets, spans) }
}

/** Where the assistant's turns stand, found by rendering the conversation up to each of them. */
function turnSpans(
  tokenizer: Tokenizer,
  messages: readonly Message[],
  options: RenderOptions,
  text: string,
): [number, number][] {
  const spans: [number, number][] = []
  for (const [i, message] of messages.entries()) {
    if (message.role !== 'assistant') continue
    const before = messages.slice(0, i)
    const start = i === 0 ? '' : renderChatText(tokenizer, before, { ...options, addGenerationPrompt: true })
    const through = renderChatText(tokenizer, messages.slice(0, i + 1), options)
    const end = Math.min(through.length, text.length)
    if (!text.startsWith(start) || !text.startsWith(through.trimEnd()) || end <= start.length) {
      throw new RowProblem(
        `the chat template changes earlier turns when turn ${i + 1} is added, so the assistant's words cannot be told apart; learn from "all", or use a template with {% generation %} markers`,
      )
    }
    spans.push([start.length, end])
  }
  return spans
}
