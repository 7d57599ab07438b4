/** (b) Texts of mixed lengths of which only the answers are learned: ours packs them, the peer pads. */
import { instructions } from '../examples.ts'
import { fast, faster, float32Peer, gpt2Model, lowMemory, memoryGoals, type Part, peers } from './part.ts'

export async function instructionData(small: boolean): Promise<Part[]> {
  const vocabulary = small ? 1024 : 32_000
  const lengths = small
    ? { shortest: 5, typical: 12, longest: 40 }
    : { shortest: 20, typical: 130, longest: 500 }
  const examples = instructions(small ? 8 : 40, lengths, vocabulary)
  const { dir, copies } = await gpt2Model(vocabulary, small)
  return [
    {
      id: 'b',
      title: `Instruction data: LoRA r=8, ${examples.length} texts of ${lengths.shortest}–${lengths.longest} tokens, answers learned, vocabulary ${vocabulary}`,
      entrants: [fast, lowMemory, ...peers],
      job: { model: dir, copies, method: 'lora', config: {}, examples, batchSize: 4, packing: true },
      rounds: 3,
      passes: 1,
      goals: [faster(2.3, float32Peer), faster(1.3, 'fastest peer'), ...memoryGoals],
    },
  ]
}
