/** Graphics cards on Windows through DirectML. */
import { graphicsCards } from '../../hardware/graphics-cards.ts'
import { type OnnxProvider, onCard } from './provider.ts'

export const directml: OnnxProvider = {
  id: 'dml',
  title: 'Graphics card (DirectML)',
  hardware: 'accelerator',
  executionProviders: ['dml'],
  keeps: 'in memory',
  existsOn: (platform) => platform === 'win32',
  look: async () => onCard((await graphicsCards())[0]),
}
