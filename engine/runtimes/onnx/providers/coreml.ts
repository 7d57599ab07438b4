/** Apple's chips through CoreML, which takes the parts of a graph that it knows; the processor computes the rest. */
import { graphicsCards } from '../../hardware/graphics-cards.ts'
import { type OnnxProvider, onCard } from './provider.ts'

export const coreml: OnnxProvider = {
  id: 'coreml',
  title: 'Apple chip (CoreML)',
  hardware: 'accelerator',
  executionProviders: ['coreml'],
  keeps: 'in memory',
  existsOn: (platform, architecture) => platform === 'darwin' && architecture === 'arm64',
  look: async () => onCard((await graphicsCards())[0]),
}
