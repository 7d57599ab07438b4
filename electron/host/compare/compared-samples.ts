/** What runs wrote for the same prompts, side by side. */
import type { ComparedSamples } from '../../contract/compare-table.ts'
import type { Sample } from '../../store/samples.ts'

/** @param until the last texts up to this step; null = the last of all */
export function comparedSamples(
  runs: readonly { readonly runId: string; readonly samples: readonly Sample[] }[],
  until: number | null,
): ComparedSamples {
  const steps = new Set(runs.flatMap(({ samples }) => samples.map(({ step }) => step)))
  const prompts = new Set(runs.flatMap(({ samples }) => samples.map(({ prompt }) => prompt)))
  return {
    runIds: runs.map(({ runId }) => runId),
    steps: [...steps].sort((a, b) => a - b),
    prompts: [...prompts].map((prompt) => ({
      prompt,
      cells: runs.map(({ samples }) => {
        const last = samples.findLast(
          (sample) => sample.prompt === prompt && sample.step <= (until ?? Number.POSITIVE_INFINITY),
        )
        return last === undefined ? null : { step: last.step, output: last.output, settings: last.settings }
      }),
    })),
  }
}
