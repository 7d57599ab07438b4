/** The first screen: the example as it stands, and its one button. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import { type Comparison, viewSchema } from '../../contract/compare.ts'
import type { Example } from '../../contract/home.ts'
import type { Store } from '../../store/open-store.ts'
import type { Run } from '../../store/run-record.ts'
import { type Changes, changed } from '../changes.ts'
import type { ModelsService } from '../models/models-service.ts'
import type { RunsService } from '../runs/runs-service.ts'
import { type ExampleDefinition, firstRows, readExample } from './example.ts'

export interface HomeParts {
  readonly store: Store
  readonly changes: Changes
  readonly models: ModelsService
  readonly runs: Pick<RunsService, 'create' | 'tag'>
  /** The version of a dataset that a new run trains on. */
  readonly latestVersion: (datasetId: string) => Promise<string>
}

const SHOWN_ROWS = 5
const TAG = 'example'

export class HomeService {
  readonly #parts: HomeParts
  readonly #definition: Promise<ExampleDefinition>
  /** The press of the button that is being worked on: a second one gets the same comparison. */
  #pressed: Promise<Comparison> | undefined

  constructor(parts: HomeParts) {
    this.#parts = parts
    this.#definition = readExample()
    this.#definition.catch(() => {}) // thrown at whoever asks
  }

  async example(): Promise<Example> {
    const { model, data, about, methods, training, takes } = await this.#definition
    const { title, description, rows } = about
    const comparison = await this.#lastComparison()
    return {
      model: await this.#parts.models.get(model.id),
      dataset: {
        versionId: await this.exampleVersion(),
        datasetId: data.id,
        ...{ title, description },
        rows: rows.train,
        validationRows: rows.validation,
        sample: await firstRows(data.train, SHOWN_ROWS),
      },
      methods: methods.map((method) => ({
        ...{ name: method.name, title: method.title, taxonomy: method.taxonomy },
        explain: method.explain,
      })),
      steps: training.steps,
      takes,
      comparison: comparison && {
        id: comparison.id,
        runIds: comparison.runIds,
        ...this.#progress(comparison),
      },
    }
  }

  /** The version of the example's data. */
  async exampleVersion(): Promise<string> {
    return this.#parts.latestVersion((await this.#definition).data.id)
  }

  /** @throws StudioError where a run cannot be made; those made before it stay queued */
  async compare(): Promise<Comparison> {
    this.#pressed ??= this.#compare().finally(() => {
      this.#pressed = undefined
    })
    return this.#pressed
  }

  async #compare(): Promise<Comparison> {
    const last = await this.#lastComparison()
    if (last !== null && this.#progress(last).active > 0) return last
    const { model, about, methods, training, prompts } = await this.#definition
    const datasetVersionId = await this.exampleVersion()
    const runIds: string[] = []
    for (const { name } of methods) {
      const request = {
        modelId: model.id,
        datasetVersionId,
        method: name,
        training,
        prompts: [...prompts],
      }
      const { id } = await this.#parts.runs.create(request)
      this.#parts.runs.tag(id, [TAG])
      runIds.push(id)
    }
    const comparison = this.#parts.store.comparisons.create({
      name: `${methods.length} methods on ${about.title}`,
      runIds,
      baselineId: null,
      view: viewSchema.parse({}),
    })
    await writeJsonAtomic(this.#path, { comparisonId: comparison.id })
    changed(this.#parts.changes, 'comparisons', comparison.id)
    return comparison
  }

  #progress({ runIds }: Comparison): { completed: number; ended: number; active: number } {
    const wanted = new Set(runIds)
    const statuses = this.#parts.store.runs
      .list()
      .flatMap(({ id, status }) => (wanted.has(id) ? [status] : []))
    const count = (...kinds: Run['status'][]) => statuses.filter((status) => kinds.includes(status)).length
    return {
      completed: count('completed'),
      ended: count('failed', 'cancelled', 'interrupted'),
      active: count('queued', 'running', 'paused'),
    }
  }

  get #path(): string {
    return join(this.#parts.store.dataDir, 'home.json')
  }

  /** Null where there is none, or it was deleted. */
  async #lastComparison(): Promise<Comparison | null> {
    if (!existsSync(this.#path)) return null
    try {
      const { json } = await readJsonObject(this.#path)
      const id = z.object({ comparisonId: z.string() }).safeParse(json).data?.comparisonId
      return this.#parts.store.comparisons.list().find((comparison) => comparison.id === id) ?? null
    } catch (error) {
      if (error instanceof StudioError && error.code === 'bad-file') return null
      throw error
    }
  }
}
