/** A worker process of the benchmark as the runner sees it: asked in lines, watched from outside. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { z } from 'zod'
import { StudioError } from '../engine/errors.ts'
import { type Job, type Ready, readySchema, resultSchema, type TurnResult } from './job.ts'
import { highWater, memoryOf, processorSeconds, proportional } from './memory.ts'

/** Bytes; null where the system does not tell. */
export interface PeakMemory {
  /** Highest seen, from the start of the process. */
  readonly anonymous: number | null
  readonly file: number | null
  /** Highest of both together, counted by the kernel. */
  readonly total: number | null
  /** Highest anonymous memory seen in measured steps, so without opening and compiling. */
  readonly anonymousInSteps: number | null
  /** Of both kinds at the end, shared pages divided among their users. */
  readonly proportionalAtEnd: number | null
}

/** How often memory is looked at. */
const SAMPLE_MS = 20

export class Contestant {
  readonly #name: string
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  #errors = ''
  #peak: { anonymous: number; file: number; anonymousInSteps: number } | null = null

  private constructor(name: string, [program, ...args]: readonly [string, ...string[]]) {
    this.#name = name
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    // What goes wrong here shows as an end of the answers, with the reason in #errors.
    this.#child.on('error', (error) => {
      this.#errors += error.message
    })
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-2000)
    })
  }

  /** Starts the process and waits until it has loaded its model and warmed up. */
  static async start(
    name: string,
    command: readonly [string, ...string[]],
    job: Job,
  ): Promise<{ contestant: Contestant; ready: Ready }> {
    const contestant = new Contestant(name, command)
    try {
      return { contestant, ready: await contestant.#ask(job, readySchema, false) }
    } catch (error) {
      await contestant.stop()
      throw error
    }
  }

  /** Lets it run; everyone else must be idle meanwhile. */
  turn(passes: number): Promise<TurnResult> {
    return this.#ask({ passes }, resultSchema, true)
  }

  get processorSeconds(): number {
    return this.#child.pid === undefined ? 0 : processorSeconds(this.#child.pid)
  }

  peakMemory(): PeakMemory {
    const { pid } = this.#child
    return {
      anonymous: this.#peak?.anonymous ?? null,
      file: this.#peak?.file ?? null,
      anonymousInSteps: this.#peak?.anonymousInSteps ?? null,
      total: pid === undefined ? null : highWater(pid),
      proportionalAtEnd: pid === undefined ? null : proportional(pid),
    }
  }

  async stop(): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null)
      return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL') // it has nothing to save
    await gone
  }

  async #ask<T>(message: unknown, schema: z.ZodType<T>, inSteps: boolean): Promise<T> {
    const timer = setInterval(() => this.#sample(inSteps), SAMPLE_MS)
    try {
      this.#child.stdin.write(`${JSON.stringify(message)}\n`)
      const line = await this.#lines.next()
      this.#sample(inSteps)
      if (!line.done) return schema.parse(JSON.parse(line.value))
    } finally {
      clearInterval(timer)
    }
    throw new StudioError(
      'internal',
      `The worker "${this.#name}" ended early: ${this.#errors.trim() || 'it said nothing'}`,
      'If memory ran out, measure one part at a time (--only a); otherwise repair what the message names.',
    )
  }

  #sample(inSteps: boolean): void {
    const now = this.#child.pid === undefined ? null : memoryOf(this.#child.pid)
    if (now === null) return
    const peak = this.#peak ?? { anonymous: 0, file: 0, anonymousInSteps: 0 }
    this.#peak = {
      anonymous: Math.max(peak.anonymous, now.anonymousBytes),
      file: Math.max(peak.file, now.fileBytes),
      anonymousInSteps: inSteps ? Math.max(peak.anonymousInSteps, now.anonymousBytes) : peak.anonymousInSteps,
    }
  }
}
