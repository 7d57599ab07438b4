/** What a training run tells while it runs: the same shape in the loop, on the wire, in the store and in the chart. */

/** One optimiser step. Losses are means over labelled tokens, in nats. */
export interface StepMetrics {
  readonly type: 'step'
  /** Steps finished, from 1. */
  readonly step: number
  readonly epoch: number
  readonly loss: number
  readonly learningRate: number
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number
  /** Labelled tokens of this step. */
  readonly usefulTokens: number
  /** All real tokens of this step. */
  readonly tokens: number
  readonly examples: number
  /** Duration of this step in seconds (pauses and evaluation not counted). */
  readonly seconds: number
  /** Highest resident memory of the process so far. */
  readonly peakMemoryBytes: number
}

export interface EvaluationMetrics {
  readonly type: 'evaluation'
  readonly step: number
  readonly validationLoss: number
  /** Best validation loss so far, this one counted. */
  readonly best: boolean
  readonly seconds: number
}

export interface CheckpointSaved {
  readonly type: 'checkpoint'
  readonly step: number
  readonly path: string
}

export interface Notice {
  readonly type: 'notice'
  readonly step: number
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  /** What to do about it, where something can be done. */
  readonly hint?: string
  /** Which finding of the watchdog it is (watchdog.ts). */
  readonly finding?: string
}

/** A pinned prompt answered with the values trained so far. */
export interface SampleMade {
  readonly type: 'sample'
  /** 0 = before the first step. */
  readonly step: number
  readonly prompt: string
  readonly output: string
  /** Tokens of the answer; as many as `settings.maxTokens` where it was cut there. */
  readonly tokens: number
  readonly settings: SampleSettings
  readonly seconds: number
}

/** How an answer was made: the same settings and values give the same text. */
export interface SampleSettings {
  readonly maxTokens: number
  readonly temperature: number
  readonly seed: number
  /** Whether the prompt went through the chat template. */
  readonly chat: boolean
}

/** Before the first step. */
export interface RunStarted {
  readonly type: 'started'
  readonly trainableParameters: number
  readonly totalParameters: number
  readonly steps: number
  /** Step the run continues from; 0 for a new run. */
  readonly resumedFrom: number
  readonly baseValidationLoss: number | null
  readonly device: string
}

/** After the last step: the adapter lies in `adapterPath`. */
export interface RunFinished {
  readonly type: 'finished'
  readonly reason: 'completed' | 'early-stopping' | 'cancelled'
  readonly step: number
  readonly trainLoss: number
  readonly validationLoss: number | null
  readonly usefulTokensPerSecond: number
  readonly peakMemoryBytes: number
  readonly adapterPath: string
  readonly adapterBytes: number
  /** The step whose values the adapter holds: the last one, or the best where the best is kept. */
  readonly keptStep: number
  readonly seconds: number
}

export type TrainEvent =
  | RunStarted
  | StepMetrics
  | EvaluationMetrics
  | CheckpointSaved
  | SampleMade
  | Notice
  | RunFinished
