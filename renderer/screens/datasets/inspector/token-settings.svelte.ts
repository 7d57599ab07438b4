/** For which model and row length the tokens of rows are shown: chosen once, remembered by this window. */
import type { Tokens } from '../../../../electron/contract/datasets/checks.ts'
import { draft } from '../../../state/draft.svelte.ts'
import { isText, Persisted } from '../../../state/persisted.svelte.ts'

type Learn = NonNullable<Tokens['learn']>

interface Choice {
  /** Null: the model chosen for training, or the built-in one. */
  readonly modelId: string | null
  /** Null: as a run has it by default. */
  readonly length: number | null
  readonly learn: Learn | null
  readonly chat: boolean | null
}

const unset: Choice = { modelId: null, length: null, learn: null, chat: null }

class TokenSettings {
  readonly #choice = new Persisted<Choice>('datasets.tokens', unset, isChoice)

  get choice(): Choice {
    return this.#choice.current
  }

  set(changes: Partial<Choice>): void {
    this.#choice.current = { ...this.#choice.current, ...changes }
  }

  /** @param models ids of the models there are, @returns undefined while there is none */
  tokens(models: readonly string[]): Tokens | undefined {
    const wanted = [this.choice.modelId, draft.modelId, models[0]]
    const modelId = wanted.find((id) => typeof id === 'string' && models.includes(id))
    const { learn, chat } = this.choice
    return typeof modelId === 'string' ? { modelId, learn, chat } : undefined
  }
}

export const tokenSettings = new TokenSettings()

function isChoice(value: unknown): value is Choice {
  if (typeof value !== 'object' || value === null) return false
  if (!('modelId' in value && 'length' in value && 'learn' in value && 'chat' in value)) return false
  const { modelId, length, learn, chat } = value
  return (
    (modelId === null || isText(modelId)) &&
    (length === null || (Number.isInteger(length) && Number(length) >= 2)) &&
    (learn === null || ['completion', 'assistant', 'all'].includes(String(learn))) &&
    (chat === null || typeof chat === 'boolean')
  )
}
