/** What the frozen weights of a model take in each form that they can be kept in. */
import type { LoadedModel } from './load.ts'
import { formBytes, type WeightChoice, weightChoiceNames } from './weight-forms.ts'

export interface WeightChoiceSize {
  readonly choice: WeightChoice
  /** As it is called beside its size: `bfloat16` and `float16` tell more than `16-bit`. */
  readonly title: string
  /** Bytes of all parameters of the model in this form. */
  readonly bytes: number
}

/** From the largest to the smallest. */
export function weightChoices(loaded: LoadedModel): WeightChoiceSize[] {
  return weightChoiceNames.map((choice) => ({
    choice,
    title: titleOf(loaded, choice),
    bytes: bytesOf(loaded, choice),
  }))
}

function bytesOf({ parameters, form }: LoadedModel, choice: WeightChoice): number {
  return [...parameters].reduce((sum, [name, shape]) => sum + formBytes(form(name, choice), shape), 0)
}

/** A 16-bit form is named after the type that most numbers have in it. */
function titleOf({ model, form }: LoadedModel, choice: WeightChoice): string {
  if (choice !== '16-bit') return choice
  const largest = form(`${model.facts.embeddingModule}.weight`, choice)
  return largest.kind === 'plain' ? largest.dtype : choice
}
