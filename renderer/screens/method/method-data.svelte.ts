/** What the method screen shows: the draft's choice, and everything that the host says about it. */
import type { EstimateView } from '../../../electron/contract/methods.ts'
import { failureOf } from '../../api/failure.ts'
import { query } from '../../api/query.svelte.ts'
import type { Values } from '../../forms/values.ts'
import { draft } from '../../state/draft.svelte.ts'
import type { CompareLine } from './compare-lines.ts'

export type MethodData = ReturnType<typeof methodData>

/** Call it while the screen is being made. */
export function methodData() {
  const methods = query((client) => client.methods.list())
  const models = query((client) => client.models.list(), ['models'])
  const datasets = query((client) => client.datasets.list(), ['datasets'])

  const method = $derived(methods.data?.find((m) => m.name === draft.method) ?? methods.data?.[0])
  const chosen = $derived(draft.chosen.filter((name) => methods.data?.some((m) => m.name === name)))
  const methodConfig = $derived<Values>(method ? draft.methodConfig(method.name) : {})
  const training = $derived<Values>(method ? draft.training(method.name) : {})
  const dataset = $derived(datasets.data?.find((d) => draft.datasetVersionId?.startsWith(`${d.id}@`)))
  const choice = $derived(method && draft.choice(method.name))
  const dataChoice = $derived(
    choice && draft.datasetVersionId !== null
      ? { ...choice, datasetVersionId: draft.datasetVersionId }
      : undefined,
  )

  // A first look, and a choice whose model or data is no longer there, begin with what there is.
  $effect(() => {
    if (models.data === undefined || models.data.some(({ id }) => id === draft.modelId)) return
    draft.modelId = models.data.find(({ problem }) => problem === null)?.id ?? null
  })
  $effect(() => {
    if (datasets.data && dataset === undefined) draft.datasetVersionId = datasets.data[0]?.latest.id ?? null
  })
  $effect(() => {
    if (method && draft.method !== method.name) draft.method = method.name
  })

  const fields = query(
    (client, signal) =>
      method &&
      client.methods.trainingFields({ method: method.name, training: onlySteps(training) }, { signal }),
  )
  const names = query(
    (client, signal) =>
      method && draft.modelId !== null
        ? client.methods.moduleNames({ modelId: draft.modelId, method: method.name }, { signal })
        : undefined,
    ['models'],
  )
  /** Answers stay while newer ones are on their way; those of another method or model say nothing about this one. */
  const own = <T extends object>(answer: Promise<T>, of: string) => answer.then((value) => ({ value, of }))
  const subject = $derived(`${method?.name} ${draft.modelId}`)
  const ownValue = <T>(answer: { value: T; of: string } | undefined): T | undefined =>
    answer?.of === subject ? answer.value : undefined

  const layout = query(
    (client, signal) => dataChoice && own(client.methods.layout(dataChoice, { signal }), subject),
    ['models', 'datasets'],
  )
  const batches = $derived(ownValue(layout.data))
  const remarks = query(
    (client, signal) =>
      choice &&
      client.methods.check({ ...choice, training, ...(batches ? { data: batches } : {}) }, { signal }),
    ['models'],
  )
  const estimate = query(
    (client, signal) =>
      choice &&
      own(
        client.methods.estimate(
          { ...choice, ...(batches ? { labelSlots: batches.labelSlots } : {}) },
          { signal },
        ),
        subject,
      ),
    ['models', 'settings'],
  )
  const drawing = query(
    (client, signal) => choice && own(client.methods.drawing(choice, { signal }), subject),
    ['models'],
  )
  const measured = query(
    (client, signal) =>
      dataChoice &&
      client.methods.measured(dataChoice, { signal }).then((time) => ({ value: time, of: subject })),
    ['measurements', 'models', 'datasets'],
  )
  /** Settings that do not fit and hold for every method: the cards leave them out, rather than showing nothing. */
  const unfit = $derived(
    new Set(
      (remarks.data ?? []).flatMap((r) => (r.level === 'refused' && r.part === 'training' ? [r.field] : [])),
    ),
  )
  /** Of every method with its own settings: what the cards show. */
  const cards = query(
    async (client, signal) => {
      const asked = (methods.data ?? []).flatMap((m) => {
        const one = draft.choice(m.name)
        if (one === undefined) return []
        const fitting = Object.entries(one.training ?? {}).filter(([key]) => !unfit.has(key))
        return [{ ...one, training: Object.fromEntries(fitting) }]
      })
      const figures = await Promise.allSettled(asked.map((one) => client.methods.estimate(one, { signal })))
      return new Map(
        figures.flatMap((result, i): [string, EstimateView][] =>
          result.status === 'fulfilled' ? [[asked[i]!.method, result.value]] : [],
        ),
      )
    },
    ['models', 'settings'],
  )
  /** Of the ticked methods, on the chosen data. */
  const lines = query(
    async (client, signal) => {
      const listed = (methods.data ?? []).filter((m) => chosen.includes(m.name))
      const versionId = draft.datasetVersionId
      const asked = listed.map((m) => ({ m, one: draft.choice(m.name) }))
      return Promise.all(
        asked.map(async ({ m, one }): Promise<CompareLine> => {
          const rate = one?.training?.learningRate
          const line = {
            method: m,
            estimate: undefined,
            refused: undefined,
            measured: undefined,
            learningRate: !m.trains ? undefined : typeof rate === 'number' ? rate : m.defaults.learningRate,
          }
          if (one === undefined || versionId === null) return line
          const data = { ...one, datasetVersionId: versionId }
          try {
            const { labelSlots } = await client.methods.layout(data, { signal })
            const [figures, time] = await Promise.all([
              client.methods.estimate({ ...one, labelSlots }, { signal }),
              client.methods.measured(data, { signal }),
            ])
            return { ...line, estimate: figures, measured: time ?? undefined }
          } catch (error) {
            signal.throwIfAborted()
            return { ...line, refused: failureOf(error).message }
          }
        }),
      )
    },
    ['measurements', 'models', 'datasets', 'settings'],
  )

  const refused = $derived((remarks.data ?? []).filter((r) => r.level === 'refused'))
  /** Why nothing at all can be measured or trained. */
  const blocked = $derived(
    draft.modelId === null
      ? 'Choose a model first.'
      : draft.datasetVersionId === null
        ? 'Choose data first.'
        : undefined,
  )
  const perMethod = $derived(
    new Set((fields.data ?? []).filter((field) => field.perMethod).map((field) => field.key)),
  )

  return {
    methods,
    models,
    datasets,
    fields,
    names,
    layout,
    remarks,
    estimate,
    drawing,
    measured,
    cards,
    lines,
    get method() {
      return method
    },
    get batches() {
      return batches
    },
    get figures() {
      return ownValue(estimate.data)
    },
    get sketch() {
      return ownValue(drawing.data)
    },
    get time() {
      return ownValue(measured.data)
    },
    get chosen() {
      return chosen
    },
    get methodConfig() {
      return methodConfig
    },
    get training() {
      return training
    },
    get dataset() {
      return dataset
    },
    get choice() {
      return choice
    },
    get dataChoice() {
      return dataChoice
    },
    get blocked() {
      return blocked
    },
    /** Why the method looked at cannot be measured or trained as it is set. */
    get blockedHere() {
      return blocked ?? (refused[0] && `${refused[0].message} ${refused[0].hint}`)
    },
    get isRefused() {
      return refused.length > 0
    },
    setTraining(name: string, values: Values) {
      draft.setTraining(name, values, perMethod)
    },
    setChosen(name: string, on: boolean) {
      // In the order of the list, whatever was ticked first.
      const all = (methods.data ?? []).map((m) => m.name)
      draft.chosen = all.filter((n) => (n === name ? on : chosen.includes(n)))
    },
  }
}

/** Other defaults follow from the steps; what is no number of steps changes none. */
function onlySteps({ steps }: Values): { steps?: number } {
  return typeof steps === 'number' && Number.isInteger(steps) && steps > 0 ? { steps } : {}
}
