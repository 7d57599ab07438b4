/** What is going on, for the status bar, the dock, notifications and keeping the machine awake. */
import type { TrainEvent } from '../../../engine/train/events.ts'
import type { Activity } from '../../contract/runs.ts'
import type { Run } from '../../store/run-record.ts'
import { Latest } from '../latest.ts'

export type ActiveRun = NonNullable<Activity['active']>

/** Progress is told this often at most; changes of state at once. */
const tellEveryMs = 250

/** Seconds that were worked since the trainer began, and the steps done in them. */
interface Pace {
  readonly from: number
  seconds: number
  usefulTokens: number
  stepSeconds: number
}

export class RunActivity {
  #current: Activity = { active: null, waiting: 0, queue: 'going' }
  readonly #told = new Latest<Activity>(this.#current)
  readonly #endedListeners = new Set<(run: Run) => void>()
  #pace: Pace | undefined
  #toldAt = 0
  #later: NodeJS.Timeout | undefined

  get current(): Activity {
    return this.#current
  }

  /** Called with the present state and each time it changes. @returns stops it */
  subscribe(listener: (activity: Activity) => void): () => void {
    return this.#told.subscribe(listener)
  }

  /** Called when a run came to an end of any kind. @returns stops it */
  onEnded(listener: (run: Run) => void): () => void {
    this.#endedListeners.add(listener)
    return () => this.#endedListeners.delete(listener)
  }

  /** The present state and each later one until `signal` aborts. */
  follow(signal: AbortSignal | undefined): AsyncGenerator<Activity> {
    return this.#told.follow(signal)
  }

  close(): void {
    clearTimeout(this.#later)
    this.#told.close()
  }

  setQueue(queue: Pick<Activity, 'waiting' | 'queue'>): void {
    this.#set({ ...this.#current, ...queue }, true)
  }

  begin({ id, name, method, plannedSteps, config }: Run): void {
    const steps = plannedSteps ?? (typeof config.steps === 'number' ? config.steps : null)
    this.#pace = undefined
    this.#setActive({
      runId: id,
      name,
      method,
      state: 'starting',
      step: 0,
      steps,
      fraction: steps === null ? null : 0,
      secondsLeft: null,
      loss: null,
      validationLoss: null,
      usefulTokensPerSecond: null,
    })
  }

  setState(state: ActiveRun['state']): void {
    const { active } = this.#current
    if (active !== null) this.#setActive({ ...active, state })
  }

  rename(runId: string, name: string): void {
    const { active } = this.#current
    if (active?.runId === runId) this.#setActive({ ...active, name })
  }

  observe(event: TrainEvent): void {
    const { active } = this.#current
    if (active === null) return
    if (event.type === 'started') {
      this.#pace = { from: event.resumedFrom, seconds: 0, usefulTokens: 0, stepSeconds: 0 }
      this.#setActive({ ...active, ...progress(event.resumedFrom, event.steps) })
    } else if (event.type === 'step') {
      if (this.#pace !== undefined) {
        this.#pace.seconds += event.seconds
        this.#pace.stepSeconds += event.seconds
        this.#pace.usefulTokens += event.usefulTokens
      }
      const state = active.state === 'starting' ? 'training' : active.state
      const next = { ...active, state, loss: event.loss, ...progress(event.step, active.steps) }
      this.#set({ ...this.#current, active: { ...next, ...this.#speed(next) } }, state !== active.state)
    } else if (event.type === 'evaluation') {
      if (this.#pace !== undefined) this.#pace.seconds += event.seconds
      this.#setActive({ ...active, validationLoss: event.validationLoss })
    } else if (event.type === 'sample' && this.#pace !== undefined) this.#pace.seconds += event.seconds
  }

  end(run: Run): void {
    this.#setActive(null)
    for (const listener of [...this.#endedListeners]) listener(run)
  }

  #speed({ step, steps }: ActiveRun): Pick<ActiveRun, 'secondsLeft' | 'usefulTokensPerSecond'> {
    const pace = this.#pace
    if (pace === undefined || step <= pace.from) return { secondsLeft: null, usefulTokensPerSecond: null }
    return {
      secondsLeft: steps === null ? null : ((steps - step) * pace.seconds) / (step - pace.from),
      usefulTokensPerSecond: pace.usefulTokens / Math.max(1e-9, pace.stepSeconds),
    }
  }

  #setActive(active: ActiveRun | null): void {
    this.#set({ ...this.#current, active }, true)
  }

  #set(next: Activity, now: boolean): void {
    this.#current = next
    const wait = this.#toldAt + tellEveryMs - Date.now()
    if (now || wait <= 0) this.#tell()
    else this.#later ??= setTimeout(() => this.#tell(), wait).unref()
  }

  #tell(): void {
    clearTimeout(this.#later)
    this.#later = undefined
    this.#toldAt = Date.now()
    this.#told.set(this.#current)
  }
}

function progress(step: number, steps: number | null): Pick<ActiveRun, 'step' | 'steps' | 'fraction'> {
  return { step, steps, fraction: steps === null ? null : Math.min(1, step / steps) }
}
