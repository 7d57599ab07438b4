/** Pieces that the TensorFlow lowerings of several operators share. */

import { StudioError } from '../errors.ts'
import type { DType } from '../graph/host-tensor.ts'
import type { Tensor, Tensorflow } from '../runtimes/tensorflow/lowering.ts'
import { type Shape, strides } from './shapes.ts'

/** The element type that stands for ours: there are no narrower ones than these. */
export const tensorflowType = (dtype: DType): 'float32' | 'int32' | 'bool' => standIns[dtype]

const standIns = {
  float32: 'float32',
  float16: 'float32',
  bfloat16: 'float32',
  int64: 'int32',
  int32: 'int32',
  uint8: 'int32',
  uint4: 'int32',
  bool: 'bool',
} as const satisfies Record<DType, string>

/**
 * The indices in ordinary memory, counted from the front as ONNX allows negative ones. They are fed by the caller, so nothing
 * has to wait for the device.
 * @throws StudioError where one lies outside the axis
 */
export function hostIndices(indices: Tensor, axisLength: number): Int32Array {
  const given = indices.dataSync()
  return Int32Array.from(given, (at) => {
    if (at < -axisLength || at >= axisLength)
      throw new StudioError(
        'internal',
        `The index ${at} lies outside an axis of ${axisLength} elements.`,
        'This is a defect of PEFT Studio; please report it.',
      )
    return at < 0 ? at + axisLength : at
  })
}

/** Row-major places in a tensor of `shape` that GatherElements and ScatterElements mean, as an int32 vector. */
export function elementPlaces(tf: Tensorflow, indices: Tensor, shape: Shape, axis: number): Tensor {
  const along = hostIndices(indices, shape[axis]!)
  const [steps, counts] = [strides(shape), strides(indices.shape)]
  const places = along.map((at, i) => {
    let place = at * steps[axis]!
    for (let d = 0; d < shape.length; d++)
      if (d !== axis) place += (Math.floor(i / counts[d]!) % indices.shape[d]!) * steps[d]!
    return place
  })
  return tf.tensor1d(places, 'int32')
}

/** Row numbers as the [n, 1] matrix that the scattering functions want. */
export const rowPlaces = (tf: Tensorflow, indices: Tensor, rows: number): Tensor =>
  tf.tensor2d(hostIndices(indices, rows), [indices.size, 1], 'int32')

/** Whole numbers divided as ONNX does: rounded towards zero. */
export function truncatedQuotient(tf: Tensorflow, a: Tensor, b: Tensor): Tensor {
  const quotient = tf.floorDiv(tf.abs(a), tf.abs(b))
  return tf.where(tf.equal(tf.less(a, 0), tf.less(b, 0)), quotient, tf.neg(quotient))
}

/** Whole numbers from bytes as float32; of 4 bits, two to a byte, with a last axis for them, the low half first. */
export function unpacked(tf: Tensorflow, bytes: Tensor, bits: 4 | 8): Tensor {
  if (bits === 8) return tf.cast(bytes, 'float32')
  const high = tf.floorDiv(bytes, tf.scalar(16, 'int32'))
  return tf.cast(tf.stack([tf.sub(bytes, tf.mul(high, tf.scalar(16, 'int32'))), high], -1), 'float32')
}
