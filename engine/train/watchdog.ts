/** Looks at what a run measures and says what goes wrong, why, and what to do: a pure function of the stream so far. */
import type { EvaluationMetrics, StepMetrics } from './events.ts'

export const findingKinds = [
  'no-evaluation',
  'no-gradient',
  'not-learning',
  'learning-rate',
  'spike',
  'diverging',
  'plateau',
  'overfitting',
] as const

export interface Finding {
  readonly kind: (typeof findingKinds)[number]
  readonly step: number
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  readonly hint: string
  /** Training on as it is will not make the run better. */
  readonly hopeless: boolean
}

/** What it has to know about a run. */
export interface WatchedRun {
  readonly steps: number
  readonly warmupSteps: number
  /** 0 = only after the last step. */
  readonly evaluateEvery: number
  readonly keepBest: boolean
  readonly learningRate: number
  /** The learning rate that the method starts from when nothing is said. */
  readonly usualLearningRate: number
  readonly maxGradientNorm: number | null
  /** Validation loss of the base model; null where there are no validation rows. */
  readonly baseValidationLoss: number | null
}

/** Losses of the steps before the last few, against which these are held. */
const background = 25
/** So many steps in a row have to stand out: one odd batch is no spike. */
const recent = 3
const mostSpikes = 3
/** Findings that say why nothing is gained. */
const explanations = ['no-gradient', 'diverging', 'not-learning', 'learning-rate', 'overfitting'] as const

export class Watchdog {
  readonly #run: WatchedRun
  readonly #losses: number[] = []
  readonly #evaluations: { readonly step: number; readonly loss: number; readonly training: number }[] = []
  readonly #said = new Set<Finding['kind']>()
  #sinceEvaluation: number[] = []
  #zeroGradients = 0
  #spikes = 0
  #quietUntil = 0

  constructor(run: WatchedRun) {
    this.#run = run
  }

  /** Before the first step. */
  begin(): Finding[] {
    const { steps, evaluateEvery, baseValidationLoss, keepBest } = this.#run
    if (baseValidationLoss === null)
      return this.#once('no-evaluation', 0, 'warning', false, {
        message:
          'There are no validation rows: overfitting cannot be seen, and the best step cannot be told.',
        hint: 'Hold back a part of the rows for validation, and train again.',
      })
    if (steps < 20 || (evaluateEvery > 0 && evaluateEvery < steps)) return []
    return this.#once('no-evaluation', 0, 'warning', false, {
      message: `The validation loss is measured only after the last of ${steps} steps${keepBest ? ', so there is no best step to keep' : ''}.`,
      hint: `Evaluate every ${Math.ceil(steps / 5)} steps or more often.`,
    })
  }

  step({ step, loss, gradientNorm }: StepMetrics): Finding[] {
    this.#losses.push(loss)
    this.#sinceEvaluation.push(loss)
    this.#zeroGradients = gradientNorm === 0 ? this.#zeroGradients + 1 : 0
    return [...this.#noGradient(step), ...this.#diverging(step), ...this.#spike(step)]
  }

  evaluation({ step, validationLoss }: EvaluationMetrics): Finding[] {
    this.#evaluations.push({ step, loss: validationLoss, training: mean(this.#sinceEvaluation) })
    this.#sinceEvaluation = []
    const found = this.#overfitting(step)
    for (const look of [this.#notLearning, this.#rateTooHigh, this.#plateau]) {
      // That nothing is gained needs no saying where the reason was told.
      if (!explanations.some((kind) => this.#said.has(kind))) found.push(...look.call(this, step))
    }
    return found
  }

  #noGradient(step: number): Finding[] {
    if (this.#zeroGradients < 5) return []
    const died = this.#losses.length > this.#zeroGradients
    return this.#once('no-gradient', step, 'error', true, {
      message: died
        ? `Since step ${step - 4} the gradient is 0: what is trained does not react any more.`
        : 'The gradient was 0 in five steps: nothing is being trained.',
      hint: died
        ? `${this.#rate() ?? `Lower the learning rate (${this.#run.learningRate})`}, and start again.`
        : 'Check which modules are trained and that the rows have something to learn.',
    })
  }

  /** The loss has risen well above everything it began with, and stays there. */
  #diverging(step: number): Finding[] {
    if (step < Math.max(30, this.#run.warmupSteps + 20) || step % 5 !== 0) return []
    const [first, now] = [this.#losses.slice(0, 10), median(this.#losses.slice(-20))]
    if (now <= 1.1 * Math.max(...first)) return []
    return this.#once('diverging', step, 'error', true, {
      message: `The loss has risen from ${figure(median(first))} to ${figure(now)}: the run is getting worse.`,
      hint: `${this.#rate() ?? `Lower the learning rate (${this.#run.learningRate}) to a third`}, or lengthen the warm-up.`,
    })
  }

  #spike(step: number): Finding[] {
    if (this.#losses.length < background + recent || step < this.#quietUntil || this.#spikes >= mostSpikes)
      return []
    const before = this.#losses.slice(-background - recent, -recent)
    const middle = median(before)
    const spread = 1.4826 * median(before.map((x) => Math.abs(x - middle)))
    const limit = middle + Math.max(6 * spread, 0.25 * Math.abs(middle))
    if (!this.#losses.slice(-recent).every((x) => x > limit)) return []
    this.#spikes += 1
    this.#quietUntil = step + background + recent
    const { maxGradientNorm, learningRate } = this.#run
    const remedy =
      maxGradientNorm === null
        ? 'clip gradients at a norm of 1'
        : `clip gradients harder (now at ${maxGradientNorm})`
    return [
      {
        kind: 'spike',
        step,
        level: 'warning',
        message: `The loss jumped from about ${figure(middle)} to ${figure(this.#losses.at(-1)!)}.`,
        hint: `If it does not come back, ${remedy} or lower the learning rate (${learningRate}); it can also be odd rows at this place in the data.`,
        hopeless: false,
      },
    ]
  }

  /** Neither the validation nor the training loss has moved. */
  #notLearning(step: number): Finding[] {
    const { steps, warmupSteps, baseValidationLoss: base } = this.#run
    if (base === null || step < Math.max(20, 2 * warmupSteps, 0.15 * steps) || step === steps) return []
    const best = Math.min(...this.#evaluations.map(({ loss }) => loss))
    const [first, now] = [median(this.#losses.slice(0, 10)), median(this.#losses.slice(-10))]
    // Where the learning rate is suspiciously low, a little progress does not count either.
    const little = this.#run.learningRate < this.#run.usualLearningRate / 10 ? 0.98 : 0.995
    if (best < little * base || now < 0.9 * first || now > 1.1 * first) return []
    return this.#once('not-learning', step, 'warning', false, {
      message: `After ${step} steps the validation loss is ${figure(best)}, hardly better than that of the base model (${figure(base)}).`,
      hint: `${this.#rate() ?? `Raise the learning rate (${this.#run.learningRate}) three- to tenfold`}, or check that the rows teach something new.`,
    })
  }

  /** Little is gained at a learning rate far above the method's own, although much is left to learn. */
  #rateTooHigh(step: number): Finding[] {
    const { warmupSteps, learningRate, usualLearningRate, baseValidationLoss: base } = this.#run
    const [previous, last] = this.#evaluations.slice(-2)
    if (base === null || previous === undefined || last === undefined) return []
    if (learningRate < 10 * usualLearningRate || step < Math.max(30, warmupSteps + 20)) return []
    if (last.loss < 0.98 * previous.loss || last.loss < 0.5 * base) return []
    return this.#once('learning-rate', step, 'warning', false, {
      message: `The validation loss hardly falls any more (${figure(previous.loss)} to ${figure(last.loss)}), far from learned.`,
      hint: `${this.#rate()}.`,
    })
  }

  /** The validation loss rises while the training loss goes on falling. */
  #overfitting(step: number): Finding[] {
    const best = this.#evaluations.reduce((a, b) => (b.loss < a.loss ? b : a))
    const since = this.#evaluations.filter((e) => e.step > best.step)
    const rising = since.every(
      (e, i) => e.loss > 1.01 * best.loss && (i === 0 || e.loss > since[i - 1]!.loss),
    )
    const last = since.at(-1)
    if (since.length < 2 || last === undefined || !rising || last.training >= 0.99 * best.training) return []
    const kept = this.#run.keepBest
      ? `The adapter will hold the values of step ${best.step}; stop now to save time. `
      : 'Turn on "Keep the best". '
    return this.#once('overfitting', step, 'warning', true, {
      message: `Since step ${best.step} the validation loss rises (${figure(best.loss)} to ${figure(last.loss)}) while the training loss falls: the model learns the training rows by heart.`,
      hint: `${kept}For the next run: more rows, fewer steps, fewer trained parameters, or dropout.`,
    })
  }

  /** Nothing is gained although the learning rate is still far from its end. */
  #plateau(step: number): Finding[] {
    const { steps, warmupSteps } = this.#run
    const seen = this.#evaluations.filter((e) => e.step > warmupSteps)
    if (step < 0.4 * steps || step > 0.8 * steps || seen.length < 4) return []
    const [before, after] = [seen.slice(0, -3), seen.slice(-3)]
    if (after.at(-1)!.step - before.at(-1)!.step < 0.15 * steps) return []
    const lowest = (of: typeof seen) => Math.min(...of.map(({ loss }) => loss))
    const [was, is] = [lowest(before), lowest(after)]
    if (is < 0.999 * was || after.at(-1)!.loss > 1.01 * Math.min(was, is)) return []
    return this.#once('plateau', step, 'info', true, {
      message: `The validation loss has stayed at ${figure(Math.min(was, is))} since step ${before.at(-1)!.step}.`,
      hint: 'More steps will hardly help. Stop and keep what was learned, or try more trained parameters or a higher learning rate.',
    })
  }

  /** What to do about a learning rate that is far from the method's own; undefined where it is not. */
  #rate(): string | undefined {
    const { learningRate, usualLearningRate } = this.#run
    const factor = learningRate / usualLearningRate
    if (factor > 1 / 3 && factor < 3) return undefined
    const [times, where] = factor > 1 ? [factor, 'above'] : [1 / factor, 'below']
    return `The learning rate ${learningRate} is ${Number(times.toPrecision(2))} times ${where} what the method usually needs: try ${usualLearningRate}`
  }

  #once(
    kind: Finding['kind'],
    step: number,
    level: Finding['level'],
    hopeless: boolean,
    words: Pick<Finding, 'message' | 'hint'>,
  ): Finding[] {
    if (this.#said.has(kind)) return []
    this.#said.add(kind)
    return [{ kind, step, level, hopeless, ...words }]
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

const figure = (x: number): string => (Math.abs(x) >= 100 ? x.toFixed(1) : x.toPrecision(4))
