/** What a dataset row asks to be learned, whatever shape the row had. */
import type { Message } from '../chat/render-chat.ts'

export const datasetFormats = [
  'prompt-completion',
  'alpaca',
  'messages',
  'conversations',
  'text',
  'pretokenized',
] as const
export type DatasetFormat = (typeof datasetFormats)[number]

/** What goes with messages into the template. */
export interface ChatExtras {
  readonly tools: readonly unknown[] | null
  readonly templateKwargs: Readonly<Record<string, unknown>>
}

export type Source =
  /** `closed`: EOS is put behind it. */
  | { readonly kind: 'text'; readonly text: string; readonly closed: boolean }
  | { readonly kind: 'pair'; readonly prompt: string; readonly completion: string }
  | ({ readonly kind: 'chat'; readonly messages: readonly Message[] } & ChatExtras)
  | ({
      readonly kind: 'chat-pair'
      readonly prompt: readonly Message[]
      readonly completion: readonly Message[]
    } & ChatExtras)
  | {
      readonly kind: 'ids'
      readonly ids: readonly number[]
      readonly labels: readonly number[] | null
      readonly completionMask: readonly number[] | null
      readonly assistantMask: readonly number[] | null
    }

/** Why a row cannot be used; caught where rows are gone through, and listed with its line. */
export class RowProblem extends Error {
  override readonly name = 'RowProblem'
}
