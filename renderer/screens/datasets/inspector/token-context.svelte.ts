/** Models and the settings' defaults from the host, and what follows from them: what the token views ask with. */
import type { FieldView } from '../../../../electron/contract/fields.ts'
import type { ModelCard } from '../../../../electron/contract/models.ts'
import { query } from '../../../api/query.svelte.ts'
import { isNumber } from '../../../state/persisted.svelte.ts'
import { tokenSettings } from './token-settings.svelte.ts'

export type TokenContext = ReturnType<typeof tokenContext>

/** Call it while a component is being made. */
export function tokenContext() {
  const models = query((client) => client.models.list(), ['models'])
  const fields = query((client) => client.methods.trainingFields())
  const usable = $derived<readonly ModelCard[]>(
    models.data?.filter(({ problem, facts }) => problem === null && facts?.tokenizer != null) ?? [],
  )
  const field = (key: string): FieldView | undefined => fields.data?.find((other) => other.key === key)
  const usual = $derived(field('length')?.default)
  const length = $derived(tokenSettings.choice.length ?? (isNumber(usual) ? usual : undefined))
  const tokens = $derived(tokenSettings.tokens(usable.map(({ id }) => id)))
  return {
    get models() {
      return usable
    },
    get failure() {
      return models.failure ?? fields.failure
    },
    /** A setting of the training, as every form draws it. */
    field,
    /** Undefined while models and defaults are on their way. */
    get asked() {
      return tokens === undefined || length === undefined ? undefined : { tokens, length }
    },
    get model() {
      return usable.find(({ id }) => id === tokens?.modelId)
    },
  }
}
