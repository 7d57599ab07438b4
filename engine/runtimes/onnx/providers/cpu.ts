/** The processor. */
import { totalmem } from 'node:os'
import { defaultThreads } from '../../threads.ts'
import { libraryVersion } from './library-version.ts'
import type { OnnxProvider } from './provider.ts'

export const cpu: OnnxProvider = {
  id: 'cpu',
  title: 'Processor (ONNX Runtime)',
  hardware: 'processor',
  executionProviders: ['cpu'],
  keeps: 'in memory',
  existsOn: () => true,
  look: async () => ({
    available: true,
    detail: `${defaultThreads()} threads, float32`,
    memoryBytes: totalmem(),
    driver: libraryVersion(),
  }),
}
