/**
 * The choice in progress: model, data, method with its settings, how to train. Kept by this window, so that a reload loses
 * nothing; only what differs from the defaults is in it.
 */
import type { Choice } from '../../electron/contract/methods.ts'
import type { RunRequest } from '../../electron/contract/runs.ts'
import { Persisted } from './persisted.svelte.ts'

export type Values = Readonly<Record<string, unknown>>

interface DraftState {
  readonly modelId: string | null
  readonly datasetVersionId: string | null
  /** Name of the method looked at. */
  readonly method: string | null
  /** Names of the methods ticked to be compared or trained together. */
  readonly chosen: readonly string[]
  /** Settings per method. */
  readonly methodConfigs: Readonly<Record<string, Values>>
  /** Training settings that belong to one method, such as the learning rate, per method. */
  readonly ownTraining: Readonly<Record<string, Values>>
  /** Training settings that hold for every method. */
  readonly training: Values
  /** Pinned prompts of the run. */
  readonly prompts: readonly string[]
}

const empty: DraftState = {
  modelId: null,
  datasetVersionId: null,
  method: null,
  chosen: [],
  methodConfigs: {},
  ownTraining: {},
  training: {},
  prompts: [],
}

class Draft {
  readonly #state = new Persisted<DraftState>('draft', empty, isDraft)

  get modelId(): string | null {
    return this.#state.current.modelId
  }
  set modelId(modelId: string | null) {
    this.#change({ modelId })
  }

  get datasetVersionId(): string | null {
    return this.#state.current.datasetVersionId
  }
  set datasetVersionId(datasetVersionId: string | null) {
    this.#change({ datasetVersionId })
  }

  get method(): string | null {
    return this.#state.current.method
  }
  set method(method: string | null) {
    this.#change({ method })
  }

  get chosen(): readonly string[] {
    return this.#state.current.chosen
  }
  set chosen(chosen: readonly string[]) {
    this.#change({ chosen })
  }

  get prompts(): readonly string[] {
    return this.#state.current.prompts
  }
  set prompts(prompts: readonly string[]) {
    this.#change({ prompts })
  }

  /** Settings of a method that differ from its defaults. */
  methodConfig(method: string): Values {
    return this.#state.current.methodConfigs[method] ?? {}
  }

  setMethodConfig(method: string, config: Values): void {
    this.#change({ methodConfigs: { ...this.#state.current.methodConfigs, [method]: config } })
  }

  /** Training settings that differ from the defaults, for a run of this method. */
  training(method: string): Values {
    return { ...this.#state.current.training, ...this.#state.current.ownTraining[method] }
  }

  /** @param perMethod keys that are kept for this method alone */
  setTraining(method: string, training: Values, perMethod: ReadonlySet<string>): void {
    const entries = Object.entries(training)
    const part = (own: boolean) => Object.fromEntries(entries.filter(([key]) => perMethod.has(key) === own))
    this.#change({
      training: part(false),
      ownTraining: { ...this.#state.current.ownTraining, [method]: part(true) },
    })
  }

  /** Sets one training setting that holds for every method; undefined = its default again. */
  setShared(key: string, value: unknown): void {
    const { [key]: _, ...rest } = this.#state.current.training
    this.#change({ training: value === undefined ? rest : { ...rest, [key]: value } })
  }

  /** What the host is asked about a method; undefined until a model is chosen. */
  choice(method: string | null = this.method): Choice | undefined {
    if (this.modelId === null || method === null) return undefined
    return {
      modelId: this.modelId,
      method,
      methodConfig: this.methodConfig(method),
      training: this.training(method),
    }
  }

  /** What a run would be made of; undefined until model, data and method are chosen. */
  request(method: string | null = this.method): RunRequest | undefined {
    const choice = this.choice(method)
    if (choice === undefined || this.datasetVersionId === null) return undefined
    const prompts = this.prompts.map((prompt) => prompt.trim()).filter((prompt) => prompt !== '')
    return { ...choice, datasetVersionId: this.datasetVersionId, prompts }
  }

  #change(changes: Partial<DraftState>): void {
    this.#state.current = { ...this.#state.current, ...changes }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string'
const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string')
const areRecords = (value: unknown): boolean => isRecord(value) && Object.values(value).every(isRecord)

function isDraft(value: unknown): value is DraftState {
  if (!isRecord(value)) return false
  const { modelId, datasetVersionId, method, chosen, methodConfigs, ownTraining, training, prompts } = value
  return (
    [modelId, datasetVersionId, method].every(isTextOrNull) &&
    [chosen, prompts].every(areTexts) &&
    [methodConfigs, ownTraining].every(areRecords) &&
    isRecord(training)
  )
}

export const draft = new Draft()
