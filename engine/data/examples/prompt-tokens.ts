/** A person's prompt written as the rows of a dataset write theirs: in the form that the model learns to answer. */
import { renderChat } from '../chat/render-chat.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { alpacaPrompt } from './alpaca.ts'
import type { DatasetFormat } from './source.ts'

/** How the rows of a dataset are written. */
export interface PromptForm {
  readonly format: DatasetFormat
  /** Whether prompts and completions are put into the chat template. */
  readonly asChat: boolean
}

/** Whether prompts of such rows are a user's turn in the chat template. */
export function isChat({ format, asChat }: PromptForm): boolean {
  if (format === 'messages' || format === 'conversations') return true
  return asChat && (format === 'prompt-completion' || format === 'alpaca')
}

/** Token ids up to where the answer begins. @throws StudioError when the chat template refuses the prompt */
export function promptTokens(prompt: string, tokenizer: Tokenizer, form: PromptForm): number[] {
  if (isChat(form))
    return renderChat(tokenizer, [{ role: 'user', content: prompt }], { addGenerationPrompt: true }).ids
  return tokenizer.encode(form.format === 'alpaca' ? alpacaPrompt(prompt, '') : prompt)
}
