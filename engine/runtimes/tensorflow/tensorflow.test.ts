/** TensorFlow.js's own backends, which every machine has: plain JavaScript and WebAssembly. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { describe } from 'vitest'
import { createTensorflowDevice } from './device.ts'
import { everyError, everyOperator, type Opened } from './suite.ts'
import { everyMethod, everyWeightChoice } from './training-suite.ts'

// Keeps the library from advertising its native package.
tf.enableProdMode()

for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend)
  const opened: Opened = { tf, device: createTensorflowDevice(tf, { id: `tensorflow-${backend}`, backend }) }
  describe(`TensorFlow.js on ${backend}`, () => {
    everyOperator(opened)
    everyMethod(opened)
    everyWeightChoice(opened)
    everyError(opened)
  })
}
