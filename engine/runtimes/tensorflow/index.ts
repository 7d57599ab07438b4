/** TensorFlow: which devices it reaches. Its library is loaded when one of them is opened. */
import type { Runtime } from '../runtime.ts'
import { tensorflowDevices } from './status.ts'

export const tensorflowRuntime: Runtime = {
  name: 'tensorflow',

  devices: tensorflowDevices,

  async open(id) {
    const [{ openNative }, { createTensorflowDevice }] = await Promise.all([
      import('./open-native.ts'),
      import('./device.ts'),
    ])
    const { tf } = await openNative(id)
    return createTensorflowDevice(tf, { id, backend: 'tensorflow' })
  },
}
