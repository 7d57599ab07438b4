/** Conversations to text and tokens through the tokenizer's chat template, as transformers' apply_chat_template does. */
import { StudioError } from '../../errors.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { defaultChatTemplate } from './default-template.ts'
import { compileTemplate, type Template } from './template.ts'
import { strip } from './text.ts'
import { toValue, type Value } from './values.ts'

/** One turn; templates read further fields (tool_calls, name …). */
export interface Message {
  readonly role: string
  readonly content?: unknown
  readonly [field: string]: unknown
}

export interface RenderOptions {
  readonly tools?: readonly unknown[] | null
  readonly documents?: readonly unknown[] | null
  /** Ends with the opening of an assistant turn. */
  readonly addGenerationPrompt?: boolean
  /** Leaves the last message open, to be continued. */
  readonly continueFinalMessage?: boolean
  /** Further variables of the template. */
  readonly templateKwargs?: Readonly<Record<string, unknown>>
  /** Instead of the tokenizer's own. */
  readonly template?: string
}

export interface RenderedChat {
  readonly text: string
  /** Without the tokenizer's own special tokens: the template writes them. */
  readonly ids: number[]
  /** [start, end) in code points of what the template marks as generated; null without markers. */
  readonly generationSpans: readonly (readonly [number, number])[] | null
  /** 1 for tokens of those spans; null without markers. */
  readonly assistantMask: number[] | null
}

/** Put at the end of a message to find it again in the rendered text (transformers does the same). */
const endMarker = 'CONTINUE_FINAL_MESSAGE_TAG '

/** The template in use: given, the tokenizer's, or our own plain one. */
export function chatTemplateOf(tokenizer: Tokenizer, options: RenderOptions = {}): Template {
  return compileTemplate(options.template ?? tokenizer.chatTemplate ?? defaultChatTemplate)
}

/** The text alone. @throws StudioError when the template refuses the conversation */
export function renderChatText(
  tokenizer: Tokenizer,
  messages: readonly Message[],
  options: RenderOptions = {},
): string {
  return render(tokenizer, messages, options).text
}

/** @throws StudioError when the template refuses the conversation */
export function renderChat(
  tokenizer: Tokenizer,
  messages: readonly Message[],
  options: RenderOptions = {},
): RenderedChat {
  const { text, spans } = render(tokenizer, messages, options)
  if (spans === null) {
    return {
      text,
      ids: tokenizer.encode(text, { addSpecialTokens: false }),
      generationSpans: null,
      assistantMask: null,
    }
  }
  const { ids, offsets } = tokenizer.encodeWithOffsets(text, { addSpecialTokens: false })
  return { text, ids, generationSpans: spans, assistantMask: maskOf(offsets, spans) }
}

function render(
  tokenizer: Tokenizer,
  messages: readonly Message[],
  options: RenderOptions,
): { text: string; spans: (readonly [number, number])[] | null } {
  if (messages.length === 0) {
    throw new StudioError('bad-data', 'The conversation has no messages.', 'Give at least one message.')
  }
  if (options.continueFinalMessage && options.addGenerationPrompt) {
    throw new StudioError(
      'bad-argument',
      'A conversation cannot both continue its last message and open a new one.',
      'Choose either continueFinalMessage or addGenerationPrompt.',
    )
  }
  const template = chatTemplateOf(tokenizer, options)
  const marked = options.continueFinalMessage ? markEnd(messages) : null
  const variables = new Map<string, Value>()
  const fields = {
    ...tokenizer.specialTokens,
    ...options.templateKwargs,
    messages: marked?.messages ?? messages,
    tools: options.tools ?? null,
    documents: options.documents ?? null,
    add_generation_prompt: options.addGenerationPrompt ?? false,
  }
  for (const [name, value] of Object.entries(fields)) variables.set(name, toValue(value))
  const rendered = template.render(variables)
  const text = marked === null ? rendered.text : cutAtMarker(rendered.text, marked.content)
  if (!template.marksGeneration) return { text, spans: null }
  const point = pointCounter(text)
  const spans = rendered.spans.map(
    ([start, end]) => [point(start), point(Math.min(end, text.length))] as const,
  )
  return { text, spans }
}

function markEnd(messages: readonly Message[]): { messages: readonly Message[]; content: string } {
  const last = messages.at(-1)!
  const { content } = last
  if (typeof content === 'string') {
    return { messages: [...messages.slice(0, -1), { ...last, content: content + endMarker }], content }
  }
  const parts: unknown[] = Array.isArray(content) ? content : []
  const at = parts.findLastIndex((part) => typeof (part as { text?: unknown } | null)?.text === 'string')
  if (at < 0) {
    throw new StudioError(
      'bad-data',
      'The last message has no text to continue.',
      'Give its content as text.',
    )
  }
  const part = parts[at] as { text: string }
  const marked = parts.with(at, { ...part, text: part.text + endMarker })
  return { messages: [...messages.slice(0, -1), { ...last, content: marked }], content: part.text }
}

/** Cuts behind the last message; where the template trims its end, so is the end here. */
function cutAtMarker(text: string, content: string): string {
  const at = text.lastIndexOf(endMarker.trim())
  if (at < 0 || !text.includes(strip(content, null, 'both'))) {
    throw new StudioError(
      'bad-data',
      'The last message does not appear in what the chat template makes of the conversation, so it cannot be continued.',
      'Continue a message that the template shows as it is.',
    )
  }
  const kept = text.slice(0, at)
  return text.startsWith(endMarker, at) ? kept : strip(kept, null, 'right')
}

/** From UTF-16 units to code points, for positions that only grow. */
export function pointCounter(text: string): (unit: number) => number {
  let unit = 0
  let point = 0
  return (target) => {
    if (target < unit) {
      unit = 0
      point = 0
    }
    for (; unit < target; point++) unit += text.codePointAt(unit)! > 0xffff ? 2 : 1
    return point
  }
}

/** From the token that holds a span's first character to the one that holds its last, as transformers marks them. */
export function maskOf(
  offsets: readonly (readonly [number, number])[],
  spans: readonly (readonly [number, number])[],
): number[] {
  const mask = new Array<number>(offsets.length).fill(0)
  const holding = (char: number) => offsets.findIndex(([start, end]) => start <= char && char < end)
  for (const [start, end] of spans) {
    const first = holding(start)
    if (first < 0 || end <= start) continue
    const found = holding(end - 1)
    mask.fill(1, first, (found < 0 ? offsets.length - 1 : found) + 1)
  }
  return mask
}
