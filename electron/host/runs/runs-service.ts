/** Runs: made, steered, described and thrown away; the queue trains them. */
import { rm } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { diskError, type ErrorCode, StudioError } from '../../../engine/errors.ts'
import { findDevice } from '../../../engine/runtimes/index.ts'
import { sortSettings } from '../../../engine/train/plan.ts'
import {
  type Activity,
  type Concern,
  type ForkRequest,
  forkRequestSchema,
  type LiveMessage,
  type LogEntry,
  type RunCheckpoint,
  type RunPreview,
  type RunRequest,
  type RunSample,
  runRequestSchema,
} from '../../contract/runs.ts'
import type { Store } from '../../store/open-store.ts'
import type { Run } from '../../store/run-record.ts'
import { type Changes, changed } from '../changes.ts'
import { createRun, planOf, type RunSpec } from '../create-run.ts'
import type { DeviceChoice } from '../devices/device-choice.ts'
import { prepareRun } from '../devices/prepare-run.ts'
import { workloadOf } from '../devices/workload.ts'
import type { SettingsFile } from '../system/settings.ts'
import type { TrainerSupervisor } from '../trainer-supervisor.ts'
import { RunActivity } from './activity.ts'
import { copyCheckpoint, forkSpec, planOfRun } from './fork.ts'
import { type LiveOptions, liveRun } from './live.ts'
import { type PreviewParts, previewRun } from './preview.ts'
import { RunQueue } from './queue.ts'
import type { References } from './references.ts'
import { checkResumable } from './resumable.ts'
import { runCheckpoints } from './run-checkpoints.ts'
import { RunSignals } from './signals.ts'

export interface RunsParts {
  readonly store: Store
  readonly changes: Changes
  readonly settings: SettingsFile
  readonly supervisor: TrainerSupervisor
  readonly references: References
  readonly methods: PreviewParts['methods']
  readonly devices: DeviceChoice
}

export class RunsService {
  readonly queue: RunQueue
  readonly activity = new RunActivity()
  readonly #parts: RunsParts
  readonly #signals = new RunSignals()

  constructor(parts: RunsParts) {
    this.#parts = parts
    const { store, settings, supervisor, changes, devices } = parts
    this.queue = new RunQueue({
      store,
      settings,
      supervisor,
      activity: this.activity,
      prepare: (run, plan) => prepareRun(devices, workloadOf(store, run, plan), run.device),
      touched: (id, what) => {
        this.#signals.touch(id)
        if (what === 'record') changed(changes, 'runs', id)
      },
      queueChanged: () => changed(changes, 'queue'),
    })
  }

  /** What a request would do; what is wrong with it is in `missing`. */
  preview(request: RunRequest): Promise<RunPreview> {
    const { store, references, methods, devices } = this.#parts
    const parts = {
      store,
      references,
      methods,
      devices,
      specOf: this.#specOf,
      start: () => this.#whenItWouldStart(),
    }
    return previewRun(parts, runRequestSchema.parse(request))
  }

  /**
   * Appends a run to the queue.
   * @throws StudioError what is missing: where model, data or settings are not usable, or memory does not suffice; then
   * nothing is stored
   */
  async create(request: RunRequest): Promise<Run> {
    const [missing] = (await this.preview(request)).missing
    if (missing !== undefined) throw concernAsError(missing)
    const { run } = await createRun(this.#parts.store, await this.#specOf(request))
    return this.#enqueue(run)
  }

  /** Appends a run that begins with a checkpoint of another. @throws StudioError as `create` */
  async fork(request: ForkRequest): Promise<Run> {
    const { store, references } = this.#parts
    const { spec, checkpoint } = await forkSpec(store, references, forkRequestSchema.parse(request))
    const { run, plan } = await createRun(store, spec)
    try {
      await copyCheckpoint(checkpoint, plan.out)
    } catch (error) {
      store.runs.remove(run.id)
      throw error
    }
    return this.#enqueue(run)
  }

  /** @throws StudioError where something that the request names does not exist or may not be set */
  readonly #specOf = async (request: RunRequest): Promise<RunSpec> => {
    const { references, settings } = this.#parts
    const { modelId, datasetVersionId, method, methodConfig, training, name, prompts, sampleEvery } =
      runRequestSchema.parse(request)
    const { plan, examples } = sortSettings(training)
    const [model, data] = await Promise.all([references.model(modelId), references.data(datasetVersionId)])
    const { threads, device } = settings.get()
    const choices = { threads, device, ...plan, methodConfig }
    const spec: RunSpec = {
      model,
      data,
      datasetVersionId,
      method,
      choices,
      ...examples,
      ...(name ? { name } : {}),
    }
    const { evaluateEvery, samples } = planOf(this.#parts.store.dataDir, spec, this.#parts.store.dataDir)
    return {
      ...spec,
      choices: { ...choices, samples: { ...samples, prompts, every: sampleEvery ?? evaluateEvery } },
    }
  }

  get(id: string): Run {
    return this.#parts.store.runs.get(id)
  }

  list(bin: boolean): Run[] {
    const { runs } = this.#parts.store
    return bin ? runs.bin() : runs.list()
  }

  rename(id: string, name: string): Run {
    this.activity.rename(id, name)
    return this.#edit(id, (runs) => runs.rename(id, name))
  }

  tag(id: string, tags: readonly string[]): Run {
    return this.#edit(id, (runs) => runs.setTags(id, tags))
  }

  note(id: string, notes: string): Run {
    return this.#edit(id, (runs) => runs.setNotes(id, notes))
  }

  /** @throws StudioError `locked` while it runs */
  bin(id: string): Run {
    const { name, status } = this.get(id)
    if (status === 'running' || status === 'paused')
      throw new StudioError('locked', `"${name}" is running.`, 'Stop it first; then it can go into the bin.')
    if (status === 'queued') this.queue.remove(id)
    return this.#edit(id, (runs) => runs.setDeleted(id, Date.now()))
  }

  restore(id: string): Run {
    return this.#edit(id, (runs) => runs.setDeleted(id, null))
  }

  /** @throws StudioError `bad-argument` for a run that is not in the bin, `disk` where its files cannot be deleted */
  async remove(id: string): Promise<void> {
    const run = this.get(id)
    if (run.deletedAt === null)
      throw new StudioError('bad-argument', `"${run.name}" is not in the bin.`, 'Put it into the bin first.')
    await this.queue.left(id)
    await this.#deleteFiles(run)
    this.#parts.store.runs.remove(id)
    this.#touched(id)
  }

  /** Ancestors, the run, and all that came from them, oldest first. */
  lineage(id: string): Run[] {
    const { runs } = this.#parts.store
    let root = runs.get(id)
    while (root.lineage !== null && runs.has(root.lineage.parentRunId))
      root = runs.get(root.lineage.parentRunId)
    const family: Run[] = []
    for (const next = [root]; next.length > 0; ) {
      const run = next.shift()!
      family.push(run)
      next.push(...runs.children(run.id))
    }
    return family.sort((a, b) => a.createdAt - b.createdAt)
  }

  checkpoints(id: string): RunCheckpoint[] {
    this.get(id)
    return runCheckpoints(this.#parts.store, id)
  }

  samples(id: string): RunSample[] {
    this.get(id)
    return this.#parts.store.samples.list(id)
  }

  log(id: string, after: number): LogEntry[] {
    this.get(id)
    return this.#parts.store.events.list(id, after)
  }

  /** @throws StudioError `not-found`, when called */
  live(id: string, options: LiveOptions): AsyncGenerator<LiveMessage> {
    this.get(id)
    return liveRun(this.#parts.store, this.#signals, id, options)
  }

  follow(signal: AbortSignal | undefined): AsyncGenerator<Activity> {
    return this.activity.follow(signal)
  }

  pause(id: string): Run {
    this.queue.pause(id)
    return this.get(id)
  }

  /**
   * A paused run goes on; one that ended before its last step is queued in front.
   * @throws StudioError `bad-argument` where there is nothing to go on with
   */
  resume(id: string): Run {
    const run = this.get(id)
    if (run.status === 'paused') {
      this.queue.unpause(id)
      return this.get(id)
    }
    checkResumable(run)
    this.queue.prepend(id)
    return this.get(id)
  }

  /**
   * As `resume`, on another device from here on.
   * @throws StudioError as `resume`, and for a device that is unknown or not available
   */
  async resumeOn(id: string, device: string): Promise<Run> {
    const run = this.get(id)
    await findDevice(device)
    if (run.status === 'paused')
      throw new StudioError(
        'bad-argument',
        `"${run.name}" is paused on its device.`,
        'Let it go on there; one that was stopped or cut off can go on elsewhere.',
      )
    checkResumable(run)
    this.#parts.store.runs.setConfig(id, { ...run.config, device })
    return this.resume(id)
  }

  stop(id: string, mode: 'keep' | 'discard'): Run {
    const run = this.get(id)
    this.queue.stop(id, mode)
    // A paused job ends too; it is shown as running again meanwhile.
    return run.status === 'paused' ? this.get(id) : run
  }

  /** Queues a run that ended before its last step; unlike `resume` it waits for its turn. @throws as `resume` */
  joinQueue(id: string, before: string | null): void {
    checkResumable({ ...this.get(id), deletedAt: null })
    this.queue.append(id, before)
  }

  /** Takes a waiting run out; one that never started goes to the bin. */
  leaveQueue(id: string): void {
    const { startedAt } = this.queue.remove(id)
    if (startedAt === null) this.#edit(id, (runs) => runs.setDeleted(id, Date.now()))
  }

  /** Lets the followers go; the supervisor ends what runs. */
  async close(): Promise<void> {
    const queue = this.queue.close()
    this.#signals.close()
    this.activity.close()
    await queue
  }

  #whenItWouldStart(): RunPreview['start'] {
    const { store } = this.#parts
    const ahead = store.runs.waiting().length + (this.queue.active === undefined ? 0 : 1)
    if (this.queue.state().held !== null) return { when: 'held', ahead }
    return { when: ahead === 0 ? 'now' : 'later', ahead }
  }

  #enqueue({ id }: Run): Run {
    this.queue.append(id)
    return this.get(id)
  }

  #edit(id: string, work: (runs: Store['runs']) => void): Run {
    const { runs } = this.#parts.store
    runs.get(id)
    work(runs)
    this.#touched(id)
    return runs.get(id)
  }

  #touched(id: string): void {
    this.#signals.touch(id)
    changed(this.#parts.changes, 'runs', id)
  }

  /** Only what lies in the studio's own folder: a run of the command line may keep its files elsewhere. */
  async #deleteFiles(run: Run): Promise<void> {
    const { out } = planOfRun(run)
    const inside = relative(join(this.#parts.store.dataDir, 'runs'), out)
    if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return
    await rm(out, { recursive: true, force: true }).catch((error: unknown) => {
      throw diskError('delete', out, error)
    })
  }
}

function concernAsError({ code, message, hint }: Concern): StudioError {
  // Both ends of the contract are the same build, and what is missing carries the code it was refused with.
  return new StudioError(code as ErrorCode, message, hint)
}
