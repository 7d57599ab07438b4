/** ONNX Runtime: which devices it reaches. Its library is loaded when one of them is opened. */
import { totalmem } from 'node:os'
import type { Runtime } from '../runtime.ts'
import { defaultThreads } from '../threads.ts'

export const onnxRuntime: Runtime = {
  name: 'onnx',

  async devices() {
    return [
      {
        id: 'cpu',
        runtime: 'onnx',
        title: 'Processor (ONNX Runtime)',
        available: true,
        detail: `${defaultThreads()} threads, float32`,
        memoryBytes: totalmem(),
      },
    ]
  },

  async open(id) {
    const { openOnnxDevice } = await import('./onnx-device.ts')
    return openOnnxDevice(id)
  },
}
