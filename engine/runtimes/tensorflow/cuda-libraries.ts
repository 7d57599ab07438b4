/** What TensorFlow's library for NVIDIA's cards is linked with, and whether the system would find it. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findLibrary } from '../hardware/libraries.ts'

/** The versions that the library of @tensorflow/tfjs-node-gpu 4.22 (TensorFlow 2.9) was built with. */
export const CUDA_VERSIONS = 'CUDA 11.2 and cuDNN 8.1'

const linux = [
  'libcudart.so.11.0',
  'libcublas.so.11',
  'libcublasLt.so.11',
  'libcufft.so.10',
  'libcurand.so.10',
  'libcusolver.so.11',
  'libcusparse.so.11',
  'libcudnn.so.8',
]

const windows = [
  'cudart64_110.dll',
  'cublas64_11.dll',
  'cublasLt64_11.dll',
  'cufft64_10.dll',
  'curand64_10.dll',
  'cusolver64_11.dll',
  'cusparse64_11.dll',
  'cudnn64_8.dll',
]

/** File names of the libraries that cannot be found. */
export function missingCudaLibraries(platform: NodeJS.Platform = process.platform): string[] {
  if (platform === 'win32') return windows.filter((name) => !onPath(name))
  return linux.filter((name) => findLibrary(name) === undefined)
}

/** Windows looks for libraries in the folders of PATH. */
function onPath(name: string): boolean {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, name)))
}
