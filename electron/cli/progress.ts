/** How far a long task is: one live line on a terminal, a plain line now and then in a log. */
import { formatDuration } from './format.ts'

/** Where progress goes; `process.stderr` fits. */
export interface ProgressOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface ProgressOptions {
  readonly output?: ProgressOutput
  /** Seconds between two lines where the output is no terminal. */
  readonly plainEvery?: number
  /** Milliseconds, growing. */
  readonly now?: () => number
}

const barWidth = 24
const liveEveryMs = 100

export class Progress {
  readonly #output: ProgressOutput
  readonly #live: boolean
  readonly #everyMs: number
  readonly #now: () => number
  readonly #total: number
  readonly #from: number
  readonly #started: number
  #shown = Number.NEGATIVE_INFINITY

  /**
   * @param total units of the whole task
   * @param from  units done before this process began (a resumed run); they tell nothing about the speed
   */
  constructor(total: number, from = 0, options: ProgressOptions = {}) {
    this.#total = total
    this.#from = from
    this.#output = options.output ?? process.stderr
    this.#live = this.#output.isTTY === true
    this.#everyMs = this.#live ? liveEveryMs : (options.plainEvery ?? 10) * 1_000
    this.#now = options.now ?? (() => performance.now())
    this.#started = this.#now()
  }

  /** Says that `done` units are done; `detail` (e.g. the loss) goes to the end of the line. */
  update(done: number, detail = ''): void {
    const now = this.#now()
    if (now - this.#shown < this.#everyMs && done < this.#total) return
    this.#shown = now
    const line = this.#line(done, (now - this.#started) / 1_000, detail)
    this.#output.write(
      this.#live ? `\r${line.slice(0, (this.#output.columns ?? 80) - 1)}\x1b[K` : `${line}\n`,
    )
  }

  /** Removes the live line so that other output starts on a clean one. */
  clear(): void {
    if (this.#live) this.#output.write('\r\x1b[K')
  }

  #line(done: number, seconds: number, detail: string): string {
    const share = this.#total === 0 ? 1 : Math.min(1, done / this.#total)
    const sinceStart = done - this.#from
    const left = sinceStart > 0 ? ((this.#total - done) * seconds) / sinceStart : Number.NaN
    const time = done < this.#total ? `${formatDuration(left)} left` : formatDuration(seconds)
    const filled = Math.round(share * barWidth)
    const bar = this.#live ? `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ` : ''
    const percent = `${Math.floor(share * 100)} %`.padStart(5)
    return [`${bar}${percent}`, `${done}/${this.#total}`, time, detail]
      .filter((part) => part !== '')
      .join(' · ')
  }
}
