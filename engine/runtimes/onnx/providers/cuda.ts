/** NVIDIA's cards through CUDA 12, whose part of ONNX Runtime is installed apart from the package. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { graphicsCards } from '../../hardware/graphics-cards.ts'
import { findLibrary } from '../../hardware/libraries.ts'
import { type OnnxProvider, onCard } from './provider.ts'

/** What the provider's library is linked with, beside the driver. */
const CUDA_LIBRARIES = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcurand.so.10',
  'libcufft.so.11',
  'libcudnn.so.9',
]

/** Path of the provider's library, whether it is there or not. */
export function cudaProviderPath(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node')
  return join(dirname(main), `../bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`)
}

/** Names of the CUDA libraries that the dynamic loader would not find. */
export const missingCudaLibraries = (): string[] =>
  CUDA_LIBRARIES.filter((name) => findLibrary(name) === undefined)

export const cuda: OnnxProvider = {
  id: 'cuda',
  title: 'NVIDIA graphics card (CUDA, ONNX Runtime)',
  hardware: 'accelerator',
  executionProviders: ['cuda'],
  keeps: 'in memory',
  existsOn: (platform, architecture) => platform === 'linux' && architecture === 'x64',
  look: async () => {
    const missing = (detail: string) => ({ available: false, detail })
    const card = (await graphicsCards()).find(
      ({ vendor, driver }) => vendor === 'NVIDIA' && driver !== undefined,
    )
    if (card === undefined) return missing('no NVIDIA driver, or it sees no card')
    if (!existsSync(cudaProviderPath()))
      return missing('the CUDA part of ONNX Runtime is not installed: run `npm run setup:cuda`')
    const libraries = missingCudaLibraries()
    if (libraries.length > 0)
      return missing(`CUDA 12 libraries are missing: ${libraries.join(', ')}; run \`npm run setup:cuda\``)
    return onCard(card)
  },
}
