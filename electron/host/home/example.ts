/** The working example of the first screen, as `resources/example.json` declares it. */
import { join } from 'node:path'
import { z } from 'zod'
import { readDataset } from '../../../engine/data/read/read-dataset.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import { type AnyMethod, findMethod } from '../../../engine/methods/index.ts'
import { trainingSettingsSchema } from '../../../engine/train/plan.ts'
import { resourcesDir } from '../../installation.ts'
import { type DataReference, findData, findModel, type ModelReference } from '../built-in.ts'

const exampleSchema = z.object({
  model: z.string(),
  dataset: z.string(),
  methods: z.array(z.string()).min(2),
  /** The same examples in every step, whatever a method adds to them: without packing, and with room for virtual tokens. */
  training: trainingSettingsSchema.partial().required({ steps: true }),
  takes: z.string(),
  prompts: z.array(z.string()),
})

const indexSchema = z.object({
  datasets: z.array(
    z.looseObject({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      rows: z.object({ train: z.int(), validation: z.int() }),
    }),
  ),
})

export interface ExampleDefinition {
  readonly model: ModelReference
  readonly data: DataReference
  readonly about: { title: string; description: string; rows: { train: number; validation: number } }
  readonly methods: readonly AnyMethod[]
  readonly training: z.infer<typeof exampleSchema>['training']
  readonly takes: string
  readonly prompts: readonly string[]
}

/** @throws StudioError where the resources do not fit together, which a test rules out */
export async function readExample(): Promise<ExampleDefinition> {
  const [example, index] = await Promise.all([
    readJsonObject(join(resourcesDir, 'example.json')),
    readJsonObject(join(resourcesDir, 'datasets/index.json')),
  ])
  const { model, dataset, methods, ...rest } = exampleSchema.parse(example.json)
  const about = indexSchema.parse(index.json).datasets.find(({ name }) => name === dataset)!
  return {
    ...rest,
    model: findModel(`builtin:${model}`),
    data: await findData(`builtin:${dataset}`),
    about,
    methods: methods.map(findMethod),
  }
}

/** The first rows of a data file as texts. */
export async function firstRows(path: string, count: number): Promise<Record<string, string>[]> {
  const { rows } = await readDataset(path, { limit: count })
  return rows.map(({ value: row }) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  )
}
