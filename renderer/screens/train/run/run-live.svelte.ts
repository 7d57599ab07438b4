/** A run as it happens: what the host's stream tells, taken in once per frame. The curve itself is asked for by the charts. */
import type { Run } from '../../../../electron/contract/run-record.ts'
import type { LiveMessage, LogEntry, RunCheckpoint, RunSample } from '../../../../electron/contract/runs.ts'
import { type Failure, failureOf } from '../../../api/failure.ts'
import { useStudio } from '../../../api/studio.svelte.ts'

export type LiveStep = LiveMessage['steps'][number]
export type LiveEvaluation = LiveMessage['evaluations'][number]

/** Lines of the log that are kept to be shown; the host has all. */
const longestLog = 2_000

export class RunLive {
  run = $state.raw<Run>()
  /** The last step of the curve; 0 before the first. */
  position = $state(0)
  /** Measured last, in this window's time. */
  lastStep = $state.raw<LiveStep>()
  evaluations = $state.raw<readonly LiveEvaluation[]>([])
  log = $state.raw<readonly LogEntry[]>([])
  samples = $state.raw<readonly RunSample[]>([])
  checkpoints = $state.raw<readonly RunCheckpoint[]>([])
  failure = $state.raw<Failure>()
  /** Counts what charts have to ask for again. */
  curveTurn = $state(0)
  #waiting: LiveMessage[] = []
  #frame: number | undefined

  /** Messages between two frames cost one drawing. */
  hear(message: LiveMessage): void {
    this.#waiting.push(message)
    // A hidden window gets no frames; what waits must not grow meanwhile.
    if (document.hidden) this.#takeIn()
    else this.#frame ??= requestAnimationFrame(() => this.#takeIn())
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    this.#waiting = []
  }

  #takeIn(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    const messages = this.#waiting
    this.#waiting = []
    let { evaluations, samples, log } = this
    let curve = false
    for (const message of messages) {
      const { rewind } = message
      if (rewind !== null) {
        evaluations = evaluations.filter(({ step }) => step <= rewind)
        samples = samples.filter(({ step }) => step <= rewind)
      }
      if (message.evaluations.length > 0) evaluations = [...evaluations, ...message.evaluations]
      if (message.samples.length > 0) samples = [...samples, ...message.samples]
      if (message.log.length > 0) log = [...log, ...message.log].slice(-longestLog)
      if (message.run !== null) this.run = message.run
      if (message.checkpoints !== null) this.checkpoints = message.checkpoints
      this.position = message.position
      this.lastStep = message.steps.at(-1) ?? this.lastStep
      curve ||= rewind !== null || message.steps.length > 0 || message.evaluations.length > 0
    }
    this.evaluations = evaluations
    this.samples = samples
    this.log = log
    if (curve) this.curveTurn += 1
  }
}

/** Follows a run. Call it while a component is being made. */
export function followRun(id: string): RunLive {
  const studio = useStudio()
  const live = new RunLive()

  $effect(() => {
    const abort = new AbortController()
    void follow(abort.signal)
    return () => {
      abort.abort()
      live.stop()
    }
  })

  async function follow(signal: AbortSignal): Promise<void> {
    try {
      const stream = studio.follow((position) => studio.client.runs.live({ id }, position), signal)
      for await (const message of stream) live.hear(message)
    } catch (error) {
      if (!signal.aborted) live.failure = failureOf(error)
    }
  }

  return live
}
