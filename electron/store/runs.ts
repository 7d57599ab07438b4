/** Runs in the store: their plan, environment, lineage, place in the queue, state, results, and what a person wrote on them. */
import { z } from 'zod'
import { StudioError } from '../../engine/errors.ts'
import { failureSchema } from '../contract/shared.ts'
import { newRunId } from './run-id.ts'
import {
  type Ending,
  endingSchema,
  environmentSchema,
  type Lineage,
  type NewRun,
  type PlanDocument,
  planDocumentSchema,
  type Run,
  type RunError,
  type RunFacts,
  type RunResult,
  type RunStatus,
} from './run-record.ts'
import type { Sql } from './sql.ts'

/** A row as SQLite returns it: JSON columns still text, lineage and the best evaluation in columns. */
interface RunRow
  extends Omit<Run, 'config' | 'environment' | 'error' | 'lineage' | 'ending' | 'tags' | 'best'> {
  readonly config: string
  readonly environment: string
  readonly error: string | null
  readonly ending: string | null
  readonly tags: string
  readonly parentRunId: string | null
  readonly lineageKind: Lineage['kind'] | null
  readonly parentStep: number | null
  readonly bestStep: number | null
  readonly bestLoss: number | null
}

const best = (column: string) => `(SELECT ${column} FROM evaluations WHERE run_id = runs.id
     AND validation_loss IS NOT NULL ORDER BY validation_loss, step LIMIT 1)`

const columns = `
  id, name, method, model_id AS modelId, dataset_version_id AS datasetVersionId, status, config, environment,
  parent_run_id AS parentRunId, lineage AS lineageKind, parent_step AS parentStep,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt,
  device, planned_steps AS plannedSteps, trainable_parameters AS trainableParameters,
  total_parameters AS totalParameters, base_validation_loss AS baseValidationLoss,
  train_loss AS trainLoss, validation_loss AS validationLoss, useful_tokens_per_second AS usefulTokensPerSecond,
  peak_memory_bytes AS peakMemoryBytes, seconds, adapter_path AS adapterPath, adapter_bytes AS adapterBytes,
  kept_step AS keptStep, queue_position AS queuePosition, ending, error, tags, notes, deleted_at AS deletedAt,
  (SELECT coalesce(max(step), 0) FROM metrics WHERE run_id = runs.id) AS lastStep,
  ${best('step')} AS bestStep, ${best('validation_loss')} AS bestLoss`

/** The state that an ending leaves a run in. */
const statusAfter: Readonly<Record<Ending['reason'], RunStatus>> = {
  completed: 'completed',
  'early-stopping': 'completed',
  stopped: 'cancelled',
  discarded: 'cancelled',
  watchdog: 'cancelled',
  removed: 'cancelled',
  failed: 'failed',
  'cut-off': 'interrupted',
}

export type Runs = ReturnType<typeof runsRepository>

export function runsRepository(sql: Sql) {
  const insert = sql.prepare(`
    INSERT INTO runs (id, name, method, model_id, dataset_version_id, status, config, environment,
                      parent_run_id, lineage, parent_step, created_at)
    VALUES (:id, :name, :method, :modelId, :datasetVersionId, 'queued', :config, :environment,
            :parentRunId, :lineageKind, :parentStep, :createdAt)`)
  const select = (rest: string) => sql.prepare<RunRow>(`SELECT ${columns} FROM runs ${rest}`)
  const one = select('WHERE id = :id')
  const matching = select('WHERE instr(id, :part) > 0 ORDER BY created_at DESC, rowid DESC LIMIT 5')
  const kept = select('WHERE deleted_at IS NULL ORDER BY created_at DESC, rowid DESC')
  const binned = select('WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, rowid DESC')
  const unfinished = select(`WHERE status IN ('running', 'paused')`)
  const waiting = select(`WHERE status = 'queued' ORDER BY queue_position NULLS LAST, rowid`)
  const children = select('WHERE parent_run_id = :id ORDER BY created_at, rowid')
  const start = sql.prepare(`
    UPDATE runs SET status = 'running', started_at = coalesce(started_at, :now), finished_at = NULL, error = NULL,
                    ending = NULL, queue_position = NULL
    WHERE id = :id`)
  const setStatus = sql.prepare('UPDATE runs SET status = :status WHERE id = :id')
  const setPosition = sql.prepare(
    `UPDATE runs SET status = 'queued', queue_position = :position, deleted_at = NULL WHERE id = :id`,
  )
  const leaveQueue = sql.prepare('UPDATE runs SET status = :status, queue_position = NULL WHERE id = :id')
  const setFacts = sql.prepare(`
    UPDATE runs SET device = :device, planned_steps = :plannedSteps, trainable_parameters = :trainableParameters,
                    total_parameters = :totalParameters, base_validation_loss = :baseValidationLoss
    WHERE id = :id`)
  const setResult = sql.prepare(`
    UPDATE runs SET train_loss = :trainLoss, validation_loss = :validationLoss,
                    useful_tokens_per_second = :usefulTokensPerSecond, peak_memory_bytes = :peakMemoryBytes,
                    seconds = :seconds, adapter_path = :adapterPath, adapter_bytes = :adapterBytes,
                    kept_step = :keptStep
    WHERE id = :id`)
  const end = sql.prepare(`
    UPDATE runs SET status = :status, ending = :ending, error = :error, finished_at = :now, queue_position = NULL
    WHERE id = :id`)
  const interrupt = sql.prepare(`UPDATE runs SET status = 'interrupted', ending = :ending WHERE id = :id`)
  const setConfig = sql.prepare('UPDATE runs SET config = :config WHERE id = :id')
  const rename = sql.prepare('UPDATE runs SET name = :name WHERE id = :id')
  const setTags = sql.prepare('UPDATE runs SET tags = :tags WHERE id = :id')
  const setNotes = sql.prepare('UPDATE runs SET notes = :notes WHERE id = :id')
  const setDeleted = sql.prepare('UPDATE runs SET deleted_at = :at WHERE id = :id')
  const remove = sql.prepare('DELETE FROM runs WHERE id = :id')

  function get(id: string): Run {
    const row = one.get({ id })
    if (row === undefined) throw unknownRun(id)
    return fromRow(row)
  }

  /** Many runs in one second may draw the same letters. */
  function freeId(now: Date): string {
    const id = newRunId(now)
    return one.get({ id }) === undefined ? id : freeId(now)
  }
  return {
    /** Adds a new run, waiting; its place in the queue is given by `setQueue`. */
    create(run: Omit<NewRun, 'config'> & { config: PlanDocument | ((id: string) => PlanDocument) }): Run {
      const now = new Date()
      const id = freeId(now)
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
        parentStep: lineage?.step ?? null,
        createdAt: now.getTime(),
      })
      return get(id)
    },

    /** @throws StudioError `not-found` */
    get,

    has: (id: string): boolean => one.get({ id }) !== undefined,

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

    /** All runs outside the bin, newest first. */
    list: (): Run[] => kept.all().map(fromRow),

    /** Runs in the bin, the last one put there first. */
    bin: (): Run[] => binned.all().map(fromRow),

    /** Runs marked running or paused. */
    unfinished: (): Run[] => unfinished.all().map(fromRow),

    /** Waiting runs in the order of the queue; those without a place come last. */
    waiting: (): Run[] => waiting.all().map(fromRow),

    /** Runs that were made from a run, oldest first. */
    children: (id: string): Run[] => children.all({ id }).map(fromRow),

    /** These runs wait, in this order, and no others do. */
    setQueue(ids: readonly string[]): void {
      sql.transaction(() => {
        for (const run of waiting.all()) {
          if (ids.includes(run.id)) continue
          leaveQueue.run({ id: run.id, status: beforeQueue(fromRow(run)) })
        }
        for (const [position, id] of ids.entries()) setPosition.run({ id, position })
      })
    },

    /** Marks a queued, interrupted or ended run as running (again). */
    start: (id: string): void => void start.run({ id, now: Date.now() }),

    setPaused: (id: string, paused: boolean): void =>
      void setStatus.run({ id, status: paused ? 'paused' : 'running' }),

    /** Marks a run whose process died or was ended before the run was. */
    interrupt: (id: string, message: string): void =>
      void interrupt.run({ id, ending: JSON.stringify({ reason: 'cut-off', message } satisfies Ending) }),

    setFacts: (id: string, facts: RunFacts): void => void setFacts.run({ id, ...facts }),

    setResult: (id: string, result: RunResult): void => void setResult.run({ id, ...result }),

    /** Marks a run as ended; its status follows from the reason. */
    end(id: string, ending: Ending, error?: RunError): void {
      end.run({
        id,
        status: statusAfter[ending.reason],
        ending: JSON.stringify(ending),
        error: error === undefined ? null : JSON.stringify(error),
        now: Date.now(),
      })
    },

    /** Another plan for a run that goes on: what it was made with stays, where the plan says so. */
    setConfig: (id: string, config: PlanDocument): void =>
      void setConfig.run({ id, config: JSON.stringify(config) }),

    rename: (id: string, name: string): void => void rename.run({ id, name }),

    setTags: (id: string, tags: readonly string[]): void =>
      void setTags.run({ id, tags: JSON.stringify([...new Set(tags)]) }),

    setNotes: (id: string, notes: string): void => void setNotes.run({ id, notes }),

    /** @param at when it went into the bin; null = it is out of it */
    setDeleted: (id: string, at: number | null): void => void setDeleted.run({ id, at }),

    /** Forgets a run with its metrics, samples, checkpoints and events; files stay where they are. */
    remove: (id: string): void => void remove.run({ id }),
  }
}

/** What a waiting run is when it leaves the queue without having been started. */
function beforeQueue({ ending }: Run): RunStatus {
  return statusAfter[ending?.reason ?? 'removed']
}

function fromRow(row: RunRow): Run {
  const { parentRunId, lineageKind, parentStep, bestStep, bestLoss, ...rest } = row
  return {
    ...rest,
    config: planDocumentSchema.parse(JSON.parse(row.config)),
    environment: environmentSchema.parse(JSON.parse(row.environment)),
    lineage:
      parentRunId === null || lineageKind === null
        ? null
        : { parentRunId, kind: lineageKind, step: parentStep },
    best: bestStep === null || bestLoss === null ? null : { step: bestStep, validationLoss: bestLoss },
    ending: row.ending === null ? null : endingSchema.parse(JSON.parse(row.ending)),
    error: row.error === null ? null : failureSchema.parse(JSON.parse(row.error)),
    tags: tagsSchema.parse(JSON.parse(row.tags)),
  }
}

const tagsSchema = z.array(z.string())

function unknownRun(id: string): StudioError {
  return new StudioError('not-found', `There is no run "${id}".`, 'See "runs list" for the runs there are.')
}
