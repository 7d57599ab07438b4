/** Classification: which of five feelings a short scene shows; the classes are equally frequent. */
import { FEELINGS, scene } from '../grammar/feelings.ts'
import type { Dataset } from './dataset.ts'

export const feelings: Dataset = {
  name: 'feelings',
  title: 'Name the feeling',
  description:
    'Short scenes that show joy, sadness, anger, fear or surprise without naming it; the answer is the one word.',
  task: 'classification',
  seed: 303,
  train: 1000,
  validation: 200,
  row(random, index) {
    const feeling = FEELINGS[index % FEELINGS.length]!
    return { prompt: `Name the feeling: ${scene(random, feeling)}`, completion: feeling }
  },
}
