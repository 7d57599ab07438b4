/** How a trainer process is started: the shells differ in it (Electron has processes of its own kind). */

import type { ToTrainer } from './trainer-messages.ts'

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ProcessListeners {
  message(raw: unknown): void
  /** What the process printed. */
  output(text: string): void
}

export interface TrainerProcess {
  readonly pid: number | undefined
  /** Settles once the process has ended and all its messages have been heard; rejects when it could not be started. */
  readonly end: Promise<ProcessEnd>
  /** Says something; a process that has ended does not hear it, and `end` tells that. */
  send(message: ToTrainer): void
  /** Ends the process at once, whatever it is doing. */
  kill(): void
}

/** @param args arguments of `electron/trainer-process.ts` */
export type SpawnTrainer = (args: readonly string[], listeners: ProcessListeners) => TrainerProcess
