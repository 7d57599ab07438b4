/** What computing on NVIDIA's cards takes, part by part: whether it is here, and what to do where it is not. */
import { existsSync } from 'node:fs'
import { graphicsCards } from '../hardware/graphics-cards.ts'
import { cudaProviderPath, missingCudaLibraries as missingForOnnx } from '../onnx/providers/cuda.ts'
import { CUDA_VERSIONS, missingCudaLibraries as missingForTensorflow } from '../tensorflow/cuda-libraries.ts'
import { missingPackage } from '../tensorflow/status.ts'

export interface Part {
  readonly title: string
  readonly present: boolean
  /** What was found, or what is missing. */
  readonly detail: string
  /** What a person can do; empty where nothing is missing. */
  readonly remedy: string
}

const DRIVERS = 'https://www.nvidia.com/drivers'
const CUDA_ARCHIVE = 'https://developer.nvidia.com/cuda-toolkit-archive'
const CUDNN_ARCHIVE = 'https://developer.nvidia.com/cudnn-archive'

export async function driverPart(): Promise<Part> {
  const card = (await graphicsCards()).find(
    ({ vendor, driver }) => vendor === 'NVIDIA' && driver !== undefined,
  )
  if (card !== undefined) return part('NVIDIA driver', undefined, `${card.driver}, ${card.name}`, '')
  return part(
    'NVIDIA driver',
    'nvidia-smi does not answer: there is no driver, or it sees no card',
    '',
    `Install the driver of your card (${DRIVERS}; on Linux the package of your distribution, for CUDA 12 version 525 or newer), then restart.`,
  )
}

/** ONNX Runtime has its CUDA part for Linux only; Windows uses the device \`dml\`. */
export function onnxParts(): Part[] {
  if (process.platform !== 'linux') return []
  const lacks = missingForOnnx()
  return [
    part(
      'ONNX Runtime, CUDA part',
      existsSync(cudaProviderPath()) ? undefined : 'libonnxruntime_providers_cuda.so was not fetched',
      cudaProviderPath(),
      'Run npm run setup:cuda.',
    ),
    part(
      'CUDA 12 and cuDNN 9 for ONNX Runtime',
      missing(lacks),
      'all libraries are found',
      `Install CUDA 12 (${CUDA_ARCHIVE}) and cuDNN 9 (${CUDNN_ARCHIVE}), and put their folders into LD_LIBRARY_PATH.`,
    ),
  ]
}

export function tensorflowParts(): Part[] {
  const path = process.platform === 'win32' ? 'PATH' : 'LD_LIBRARY_PATH'
  return [
    part(
      'TensorFlow, @tensorflow/tfjs-node-gpu',
      missingPackage('tensorflow-gpu'),
      'installed',
      'Run npm run setup:cuda.',
    ),
    part(
      `${CUDA_VERSIONS} for TensorFlow`,
      missing(missingForTensorflow()),
      'all libraries are found',
      `Install CUDA 11.2 (${CUDA_ARCHIVE}) and cuDNN 8.1 (${CUDNN_ARCHIVE}), and put their folders into ${path}.`,
    ),
  ]
}

const missing = (libraries: readonly string[]): string | undefined =>
  libraries.length === 0 ? undefined : `missing: ${libraries.join(', ')}`

function part(title: string, lack: string | undefined, found: string, remedy: string): Part {
  return lack === undefined
    ? { title, present: true, detail: found, remedy: '' }
    : { title, present: false, detail: lack, remedy }
}

/** One line for what is there, two for what is not. */
export const partLines = ({ title, present, detail, remedy }: Part): string =>
  present ? `  found    ${title}: ${detail}` : `  MISSING  ${title}: ${detail}\n           ${remedy}`
