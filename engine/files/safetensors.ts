/** The safetensors format: everything that the rest of the engine needs of it. */

export {
  bytesFor,
  compareDtypes,
  DTYPE_BITS,
  isFloating,
  isSafetensorsDtype,
  type SafetensorsDtype,
} from './safetensors/dtypes.ts'
export { openSafetensors, type SafetensorsFile, type TensorEntry } from './safetensors/header.ts'
export { readAllTensors, readTensor, readTensorBytes } from './safetensors/read.ts'
export {
  type LazyTensor,
  type StoredTensor,
  type TensorData,
  type WritableTensor,
  writeSafetensors,
} from './safetensors/write.ts'
