/** ONNX Runtime: which devices it reaches. Its library is loaded when one of them is opened. */
import { StudioError } from '../../errors.ts'
import type { Runtime } from '../runtime.ts'
import { providers } from './providers/index.ts'

const here = providers.filter(({ existsOn }) => existsOn(process.platform, process.arch))

export const onnxRuntime: Runtime = {
  name: 'onnx',

  async devices() {
    return Promise.all(
      here.map(async ({ id, title, hardware, look }) => ({
        ...{ id, runtime: 'onnx', title, hardware },
        ...(await look()),
      })),
    )
  },

  async open(id) {
    const provider = here.find((p) => p.id === id)
    if (provider === undefined)
      throw new StudioError('not-found', `ONNX Runtime has no device "${id}" here.`, 'Choose another device.')
    const { openOnnxDevice } = await import('./onnx-device.ts')
    return openOnnxDevice(provider)
  },
}
