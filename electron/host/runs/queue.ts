/** The queue: waiting runs are trained one after another; it waits for the person after a restart, and where they want that. */
import { messageOf, StudioError } from '../../../engine/errors.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import type { QueueState } from '../../contract/runs.ts'
import type { Store } from '../../store/open-store.ts'
import type { Hold } from '../../store/queue.ts'
import type { Run } from '../../store/run-record.ts'
import type { PreparePlan } from '../job.ts'
import type { SettingsFile } from '../system/settings.ts'
import type { TrainerSupervisor } from '../trainer-supervisor.ts'
import type { RunActivity } from './activity.ts'
import { planOfRun } from './fork.ts'
import { runCheckpoints } from './run-checkpoints.ts'

export interface QueueParts {
  readonly store: Store
  readonly supervisor: TrainerSupervisor
  readonly settings: Pick<SettingsFile, 'get'>
  readonly activity: RunActivity
  /** What completes the plan of a run right before it starts. */
  readonly prepare: (run: Run, plan: TrainPlan) => PreparePlan
  /** Something of a run was stored; `record` also when its record, not only its curve, is another now. */
  readonly touched: (runId: string, what: 'curve' | 'record') => void
  readonly queueChanged: () => void
}

export class RunQueue {
  readonly #parts: QueueParts
  #active: { readonly id: string; readonly ended: Promise<void> } | undefined
  #closed = false
  /** Why it waits although the store could not be told so. */
  #stalled: Hold | undefined

  constructor(parts: QueueParts) {
    this.#parts = parts
    const { store } = parts
    const waiting = store.runs.waiting()
    store.runs.setQueue(waiting.map(({ id }) => id))
    // Nothing heavy starts unasked: after a restart the person decides.
    if (waiting.length === 0) store.queue.release()
    else {
      const runs = waiting.length === 1 ? 'A run was' : `${waiting.length} runs were`
      const message = `${runs} waiting when the studio ended.`
      store.queue.hold({ reason: 'restart', message, runId: null })
    }
    this.#tell()
  }

  state(): QueueState {
    const { store, settings } = this.#parts
    return {
      held: this.#held(),
      active: this.#active?.id ?? null,
      waiting: store.runs.waiting(),
      interrupted: store.runs.list().filter(({ status }) => status === 'interrupted'),
      continueAfterFailure: settings.get().continueAfterFailure,
    }
  }

  get active(): string | undefined {
    return this.#active?.id
  }

  /** Puts a run in front of a waiting one, or behind all others. */
  append(id: string, before: string | null = null): void {
    if (before !== null) this.#mustWait(before)
    this.#order(placed(this.#others(id), id, before))
    this.#next()
  }

  /** The person asks for this run: it comes first, and starts even where the queue is held, unless another one runs. */
  prepend(id: string): void {
    this.#order([id, ...this.#others(id)])
    if (this.#idle()) this.#start(id)
  }

  /**
   * Puts a waiting run in front of another, or (null) at the end.
   * @throws StudioError `bad-argument` when one of them does not wait
   */
  move(id: string, before: string | null): void {
    this.#mustWait(id)
    if (before !== null) this.#mustWait(before)
    if (id === before) return
    this.#order(placed(this.#others(id), id, before))
  }

  /** Takes a waiting run out. @throws StudioError `bad-argument` when it does not wait */
  remove(id: string): Run {
    this.#mustWait(id)
    this.#order(this.#others(id))
    return this.#parts.store.runs.get(id)
  }

  /** No further run starts until `proceed`. */
  hold(hold: Hold = { reason: 'asked', message: 'The queue is paused.', runId: null }): void {
    this.#parts.store.queue.hold(hold)
    this.#tell()
  }

  proceed(): void {
    this.#stalled = undefined
    this.#parts.store.queue.release()
    this.#tell()
    this.#next()
  }

  /** @throws StudioError `bad-argument` when the run is not the one that runs, or is ending */
  pause(id: string): void {
    this.#mustRun(id)
    this.#parts.supervisor.pause(id)
    this.#parts.activity.setState('paused')
    this.#parts.touched(id, 'record')
  }

  unpause(id: string): void {
    this.#mustRun(id)
    this.#parts.supervisor.resume(id)
    this.#parts.activity.setState('training')
    this.#parts.touched(id, 'record')
  }

  /** Ends the run after its present step. */
  stop(id: string, mode: 'keep' | 'discard'): void {
    this.#mustRun(id)
    this.#parts.supervisor.stop(id, mode)
    this.#parts.activity.setState('stopping')
  }

  /** Resolves once no process works on the run any more: one that is done may still be leaving. */
  async left(id: string): Promise<void> {
    if (this.#active?.id === id) await this.#active.ended
  }

  /** Starts nothing more and waits for what runs, which the supervisor ends. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#active?.ended
  }

  #next(): void {
    const [first] = this.#parts.store.runs.waiting()
    if (first !== undefined && this.#idle() && this.#held() === null) this.#start(first.id)
  }

  #idle(): boolean {
    return this.#active === undefined && !this.#closed
  }

  #start(id: string): void {
    const run = this.#parts.store.runs.get(id)
    this.#parts.activity.begin(run)
    const ended = this.#train(run)
      .then(() => this.#ended(id))
      .catch((error: unknown) => this.#stall(id, error))
    this.#active = { id, ended }
    this.#tell()
  }

  /** How the run ends is in the store when this resolves. */
  async #train(run: Run): Promise<void> {
    const { store, supervisor, activity, touched, prepare } = this.#parts
    try {
      const plan = planFor(store, run)
      const never = new AbortController().signal
      for await (const event of supervisor.runJob(run.id, plan, never, prepare(run, plan))) {
        activity.observe(event)
        touched(run.id, event.type === 'step' ? 'curve' : 'record')
        if (event.type === 'started') this.#tell()
      }
    } catch (error) {
      // What a trainer fails with is recorded by then; a run that did not even get one would be started again and again.
      if (store.runs.get(run.id).status !== 'queued' || this.#closed) return
      const { code, message, hint } = error instanceof StudioError ? error : defect(error)
      store.runs.end(run.id, { reason: 'failed', message }, { code, message, hint })
      store.events.add({ runId: run.id, step: 0, level: 'error', message, hint })
    }
  }

  #ended(id: string): void {
    const { store, settings, activity, touched } = this.#parts
    this.#active = undefined
    const run = store.runs.get(id)
    const broke = run.status === 'failed' || run.status === 'interrupted'
    if (broke && !this.#closed && !settings.get().continueAfterFailure && store.runs.waiting().length > 0) {
      const how = run.status === 'failed' ? 'failed' : 'was cut off'
      this.hold({ reason: 'failure', message: `The queue waits because "${run.name}" ${how}.`, runId: id })
    }
    activity.end(run)
    touched(id, 'record')
    this.#tell()
    this.#next()
  }

  /** The store takes nothing any more (a full disk, say): going on would lose what the next run measures, too. */
  #stall(id: string, error: unknown): void {
    this.#active = undefined
    this.#stalled = { reason: 'failure', message: messageOf(error), runId: id }
    this.#parts.activity.end(this.#parts.store.runs.get(id))
    this.#tell()
  }

  #held(): Hold | null {
    return this.#stalled ?? this.#parts.store.queue.held()
  }

  #order(ids: readonly string[]): void {
    const before = this.#parts.store.runs.waiting().map(({ id }) => id)
    this.#parts.store.runs.setQueue(ids)
    for (const id of new Set([...before, ...ids])) this.#parts.touched(id, 'record')
    this.#tell()
  }

  #others(id: string): string[] {
    return this.#parts.store.runs
      .waiting()
      .map((run) => run.id)
      .filter((other) => other !== id)
  }

  #tell(): void {
    const { store, activity, queueChanged } = this.#parts
    const held = this.#held() !== null
    activity.setQueue({ waiting: store.runs.waiting().length, queue: held ? 'held' : 'going' })
    queueChanged()
  }

  #mustWait(id: string): void {
    const { name, status } = this.#parts.store.runs.get(id)
    if (status === 'queued' && id !== this.#active?.id) return
    throw new StudioError(
      'bad-argument',
      `"${name}" does not wait in the queue (it is ${status}).`,
      'Choose a waiting run.',
    )
  }

  #mustRun(id: string): void {
    const { name, status } = this.#parts.store.runs.get(id)
    if (id === this.#active?.id && status !== 'queued') return
    throw new StudioError(
      'bad-argument',
      `"${name}" is not running (it is ${status}).`,
      'Choose the run that runs.',
    )
  }
}

function placed(others: readonly string[], id: string, before: string | null): string[] {
  return others.toSpliced(before === null ? others.length : others.indexOf(before), 0, id)
}

/** The plan of a run as the engine of today wants it, from the last checkpoint where there is one. */
export function planFor(store: Store, run: Run): TrainPlan {
  const resumes = run.startedAt !== null && runCheckpoints(store, run.id).length > 0
  return { ...planOfRun(run), resume: resumes ? 'latest' : null }
}

function defect(error: unknown) {
  console.error(error)
  return {
    code: 'internal',
    message: messageOf(error),
    hint: 'This is a defect of PEFT Studio; please report it with the log.',
  }
}
