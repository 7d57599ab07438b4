/** (a) One step of full rows, and (c) the same with other methods. */
import { fullRows } from '../examples.ts'
import { fast, faster, float32Peer, gpt2Model, lowMemory, memoryGoals, type Part, peers } from './part.ts'

const size = (small: boolean) => (small ? ([2, 16, 512] as const) : ([2, 128, 8192] as const))

async function job(method: string, small: boolean): Promise<Part['job']> {
  const [rows, length, vocabulary] = size(small)
  const { dir, copies } = await gpt2Model(vocabulary, small)
  const examples = fullRows(rows, length, vocabulary)
  return { model: dir, copies, method, config: {}, examples, batchSize: rows, packing: false }
}

export async function rawStep(small: boolean): Promise<Part[]> {
  const [rows, length] = size(small)
  return [
    {
      id: 'a',
      title: `Raw step: LoRA r=8 on q, k and v, ${rows} × ${length} tokens, all learned`,
      entrants: [fast, lowMemory, ...peers],
      job: await job('lora', small),
      rounds: 5,
      passes: 5,
      goals: [faster(1.2, float32Peer), ...memoryGoals],
    },
  ]
}

/** Hugging Face PEFT has no bottleneck adapter. */
const oursAlone = 'adapter'

export function otherMethods(small: boolean): Promise<Part[]> {
  return Promise.all(
    ['lora', 'ia3', 'prompt-tuning', oursAlone].map(async (method) => ({
      id: `c-${method}`,
      title: `Raw step with ${method}`,
      entrants: method === oursAlone ? [fast] : [fast, ...peers],
      job: await job(method, small),
      rounds: 3,
      passes: 3,
      goals: [],
      ...(method === oursAlone ? { note: 'Hugging Face PEFT has no bottleneck adapter: ours only.' } : {}),
    })),
  )
}
