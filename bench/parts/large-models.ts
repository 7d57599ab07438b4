/** (d) 0.5 B and (e) 1.1 B parameters, LoRA on every linear layer: what a graphics card is for. */
import { baseModel } from '../base-models.ts'
import { fullRows } from '../examples.ts'
import { llamaBillion, qwen2HalfBillion, type Shape, tinyOf } from '../shapes.ts'
import { type Entrant, fast, type Part, peers } from './part.ts'

const fewerBits = (['16-bit', '4-bit'] as const).map(
  (weights): Entrant => ({ ...fast, name: `${fast.name}, ${weights} weights`, weights }),
)

async function largeModel(id: string, name: string, shape: Shape, small: boolean): Promise<Part[]> {
  const [rows, length] = small ? [2, 16] : [4, 512]
  const used = small ? tinyOf(shape) : shape
  const { dir, copies } = await baseModel(small ? `${name}-tiny` : name, used)
  return [
    {
      id,
      title: `${name}: LoRA r=16 on every linear layer, ${rows} × ${length} tokens, all learned`,
      entrants: [fast, ...fewerBits, ...peers],
      job: {
        model: dir,
        copies,
        method: 'lora',
        config: { r: 16, target_modules: 'all-linear' },
        examples: fullRows(rows, length, Number(used.vocab_size)),
        batchSize: rows,
        packing: false,
      },
      rounds: 3,
      passes: 5,
      goals: [],
    },
  ]
}

export const halfBillion = (small: boolean): Promise<Part[]> =>
  largeModel('d', 'qwen2-0.5b', qwen2HalfBillion, small)

export const billion = (small: boolean): Promise<Part[]> => largeModel('e', 'llama-1.1b', llamaBillion, small)
