/** Runs in the store: their plan, environment, lineage, state and results. */
import { StudioError } from '../../engine/errors.ts'
import { newRunId } from './run-id.ts'
import {
  environmentSchema,
  type Lineage,
  type NewRun,
  type PlanDocument,
  planSchema,
  type Run,
  type RunError,
  type RunFacts,
  type RunResult,
  type RunStatus,
  runErrorSchema,
} from './run-record.ts'
import type { Sql } from './sql.ts'

/** A row as SQLite returns it: JSON columns still text, lineage in two columns. */
interface RunRow extends Omit<Run, 'config' | 'environment' | 'error' | 'lineage'> {
  readonly config: string
  readonly environment: string
  readonly error: string | null
  readonly parentRunId: string | null
  readonly lineageKind: Lineage['kind'] | null
}

const columns = `
  id, name, method, model_id AS modelId, dataset_version_id AS datasetVersionId, status, config, environment,
  parent_run_id AS parentRunId, lineage AS lineageKind,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt,
  device, planned_steps AS plannedSteps, trainable_parameters AS trainableParameters,
  total_parameters AS totalParameters, base_validation_loss AS baseValidationLoss,
  train_loss AS trainLoss, validation_loss AS validationLoss, useful_tokens_per_second AS usefulTokensPerSecond,
  peak_memory_bytes AS peakMemoryBytes, seconds, adapter_path AS adapterPath, adapter_bytes AS adapterBytes, error`

export type Runs = ReturnType<typeof runsRepository>

export function runsRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT INTO runs (id, name, method, model_id, dataset_version_id, status, config, environment,
                      parent_run_id, lineage, created_at)
    VALUES (:id, :name, :method, :modelId, :datasetVersionId, 'queued', :config, :environment,
            :parentRunId, :lineageKind, :createdAt)`)
  const one = sql.prepare<RunRow>(`SELECT ${columns} FROM runs WHERE id = :id`)
  const matching = sql.prepare<RunRow>(
    `SELECT ${columns} FROM runs WHERE instr(id, :part) > 0 ORDER BY created_at DESC, rowid DESC LIMIT 5`,
  )
  const newestFirst = sql.prepare<RunRow>(`SELECT ${columns} FROM runs ORDER BY created_at DESC, rowid DESC`)
  const unfinished = sql.prepare<RunRow>(`SELECT ${columns} FROM runs WHERE status IN ('running', 'paused')`)
  const start = sql.prepare(`
    UPDATE runs SET status = 'running', started_at = coalesce(started_at, :now), finished_at = NULL, error = NULL
    WHERE id = :id`)
  const setStatus = sql.prepare('UPDATE runs SET status = :status WHERE id = :id')
  const setFacts = sql.prepare(`
    UPDATE runs SET device = :device, planned_steps = :plannedSteps, trainable_parameters = :trainableParameters,
                    total_parameters = :totalParameters, base_validation_loss = :baseValidationLoss
    WHERE id = :id`)
  const setResult = sql.prepare(`
    UPDATE runs SET train_loss = :trainLoss, validation_loss = :validationLoss,
                    useful_tokens_per_second = :usefulTokensPerSecond, peak_memory_bytes = :peakMemoryBytes,
                    seconds = :seconds, adapter_path = :adapterPath, adapter_bytes = :adapterBytes
    WHERE id = :id`)
  const end = sql.prepare(
    'UPDATE runs SET status = :status, finished_at = :now, error = :error WHERE id = :id',
  )
  const rename = sql.prepare('UPDATE runs SET name = :name WHERE id = :id')
  const remove = sql.prepare('DELETE FROM runs WHERE id = :id')

  function get(id: string): Run {
    const row = one.get({ id })
    if (row === undefined) throw unknownRun(id)
    return fromRow(row)
  }

  return {
    /** Queues a new run. */
    create(run: Omit<NewRun, 'config'> & { config: PlanDocument | ((id: string) => PlanDocument) }): Run {
      const now = new Date()
      const id = newRunId(now)
      const { lineage, environment, ...texts } = run
      // A plan names the folder of its run, which is called after the id.
      const config = typeof run.config === 'function' ? run.config(id) : run.config
      insert.run({
        ...texts,
        id,
        config: JSON.stringify(config),
        environment: JSON.stringify(environment),
        parentRunId: lineage?.parentRunId ?? null,
        lineageKind: lineage?.kind ?? null,
        createdAt: now.getTime(),
      })
      return get(id)
    },

    /** @throws StudioError `not-found` */
    get,

    /**
     * The run whose id contains `part`.
     * @throws StudioError `not-found` when there is none, `bad-argument` when there are several
     */
    find(part: string): Run {
      const rows = matching.all({ part })
      const [row] = rows
      if (row === undefined) throw unknownRun(part)
      if (rows.length === 1) return fromRow(row)
      const ids = rows.map(({ id }) => id).join(', ')
      throw new StudioError('bad-argument', `"${part}" fits several runs: ${ids}.`, 'Give more of the id.')
    },

    /** All runs, newest first. */
    list: (): Run[] => newestFirst.all().map(fromRow),

    /** Runs marked running or paused. */
    unfinished: (): Run[] => unfinished.all().map(fromRow),

    /** Marks a queued, interrupted or ended run as running (again). */
    start: (id: string): void => void start.run({ id, now: Date.now() }),

    setPaused: (id: string, paused: boolean): void =>
      void setStatus.run({ id, status: paused ? 'paused' : 'running' }),

    /** Marks a run whose process died. */
    interrupt: (id: string): void => void setStatus.run({ id, status: 'interrupted' }),

    setFacts: (id: string, facts: RunFacts): void => void setFacts.run({ id, ...facts }),

    setResult: (id: string, result: RunResult): void => void setResult.run({ id, ...result }),

    /** Marks a run as ended in its own way. */
    end(
      id: string,
      status: Extract<RunStatus, 'completed' | 'failed' | 'cancelled'>,
      error?: RunError,
    ): void {
      end.run({ id, status, now: Date.now(), error: error === undefined ? null : JSON.stringify(error) })
    },

    rename: (id: string, name: string): void => void rename.run({ id, name }),

    /** Forgets a run with its metrics, samples, checkpoints and events; files stay where they are. */
    remove: (id: string): void => void remove.run({ id }),
  }
}

function fromRow(row: RunRow): Run {
  const { parentRunId, lineageKind, config, environment, error, ...rest } = row
  return {
    ...rest,
    config: planSchema.parse(JSON.parse(config)),
    environment: environmentSchema.parse(JSON.parse(environment)),
    lineage: parentRunId === null || lineageKind === null ? null : { parentRunId, kind: lineageKind },
    error: error === null ? null : runErrorSchema.parse(JSON.parse(error)),
  }
}

function unknownRun(id: string): StudioError {
  return new StudioError('not-found', `There is no run "${id}".`, 'See "runs list" for the runs there are.')
}
