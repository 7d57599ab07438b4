/** Four runs to compare, put into a data folder before the studio opens. */
import { openStore } from '../../electron/store/open-store.ts'
import { finishedRun } from '../../electron/store/testing/finished-run.ts'

export const comparableSteps = 300
/** A step whose loss leaves the others far below it. */
export const spikeAt = 150
export const notANumberAt = 200

const prompts = ['Where is the ship?', 'What is the weather?']

/** A noisy falling curve; `level` is where it ends. */
function lossAt(step: number, level: number): number {
  if (step === notANumberAt && level === 2) return Number.NaN
  if (step === spikeAt && level === 2) return 90
  return level + 6 / Math.sqrt(step) + Math.sin(step * 12.9898) * 0.2
}

export function makeComparableRuns(dataDir: string): void {
  const store = openStore(dataDir)
  try {
    const make = (name: string, method: string, seed: number, level: number, texts: readonly string[]) => {
      const id = finishedRun(store, {
        method,
        plan: { seed, steps: comparableSteps },
        steps: comparableSteps,
        evaluateEvery: 50,
        validationLoss: level,
        measured: (step) => ({ loss: lossAt(step, level), tokens: 100 * seed + step }),
        run: { name },
      })
      for (const [i, prompt] of prompts.entries())
        store.samples.add({
          runId: id,
          step: comparableSteps,
          prompt,
          output: texts[i]!,
          tokens: null,
          settings: { temperature: 0 },
        })
    }
    make('lora', 'lora', 1, 2, ['Arr, the ship lies in the bay.', 'Fair winds today.'])
    make('lora', 'lora', 2, 2.1, ['Arr, the ship lies in the harbour.', 'Fair winds today.'])
    make('ia3', 'ia3', 1, 3, ['The ship lies in the bay.', 'Nice.'])
    make('prompts', 'prompt-tuning', 1, 4, ['Ship.', 'Weather.'])
  } finally {
    store.close()
  }
}
