/** What is worth saying about a method that trains nothing and is only scored. */
import type { AnyMethod } from '../../methods/index.ts'
import type { TrainingSettings } from '../plan-fields.ts'
import type { DataFacts } from './of-training.ts'
import { type Remark, refusal, unusual, type Values } from './remark.ts'

/** @param config complete */
export function remarksOnScoring(
  method: AnyMethod,
  config: Values,
  { length }: TrainingSettings,
  data: DataFacts | undefined,
): Remark[] {
  if (data === undefined) return []
  const remarks: Remark[] = []
  if (data.validationExamples === null)
    remarks.push(
      refusal(
        'training',
        null,
        `The data has no validation rows, and ${method.title} is nothing but scored on them.`,
        'Split the data into training and validation rows.',
      ),
    )
  const shown = method.demonstrations?.(config).count ?? 0
  const needed = Math.ceil(((shown + 1) * data.tokensPerEpoch) / data.examples)
  if (shown > 0 && needed > length)
    remarks.push(
      unusual(
        'training',
        'length',
        `${shown} examples and a row to score take about ${needed} tokens: those that do not fit into ${length} are left out.`,
        'Choose longer rows or fewer examples.',
        Math.ceil(needed / 64) * 64,
      ),
    )
  return remarks
}
