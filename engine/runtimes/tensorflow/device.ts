/** A device over a TensorFlow.js namespace: the same code drives libtensorflow and the backends in plain JavaScript. */
import { StudioError } from '../../errors.ts'
import type { Device } from '../runtime.ts'
import type { Tensorflow } from './lowering.ts'
import { TensorflowProgram } from './program.ts'
import { TensorflowState } from './state.ts'
import { WeightStore } from './weights.ts'

export interface TensorflowDeviceOptions {
  readonly id: string
  /** Name under which TensorFlow.js knows the backend, such as `tensorflow`; it must be ready. */
  readonly backend: string
}

/** @param tf TensorFlow.js or one of its packages; the graph is computed by `backend` of it */
export function createTensorflowDevice(tf: Tensorflow, { id, backend }: TensorflowDeviceOptions): Device {
  const activate = () => {
    if (tf.getBackend() === backend) return
    // For a backend that is ready this takes effect at once.
    void tf.setBackend(backend)
    if (tf.getBackend() !== backend)
      throw new StudioError('internal', `The backend ${backend} is not ready.`, 'Report this.')
  }
  const weights = new WeightStore(tf, activate)
  return {
    id,
    // Each operator is a call from JavaScript: a small model's step takes 56 ms one by one and 47 ms so, on the processor.
    joinsUpdates: true,
    createState: () => new TensorflowState(tf, activate),
    compile: (graph) => TensorflowProgram.compile({ tf, weights, activate }, graph),
  }
}
