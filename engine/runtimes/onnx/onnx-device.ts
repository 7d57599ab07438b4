/** Runs graphs on ONNX Runtime: the whole step is one session. */
import { InferenceSession } from 'onnxruntime-node'
import type { Device } from '../runtime.ts'
import { compileSession } from './compile-session.ts'
import { encodeIdentity } from './encode-identity.ts'
import { deviceError } from './failure.ts'
import { openGpuDevice } from './gpu/gpu-device.ts'
import type { OnnxProvider } from './providers/provider.ts'
import { HostState } from './state.ts'

/** @throws StudioError `device` where it does not open */
export async function openOnnxDevice(provider: OnnxProvider): Promise<Device> {
  if (provider.keeps === 'on the device') return openGpuDevice(provider)
  await check(provider)
  return {
    id: provider.id,
    joinsUpdates: provider.hardware === 'accelerator',
    createState: () => new HostState(),
    compile: (graph, options = {}) => compileSession(provider, graph, options),
  }
}

/** A provider whose library does not load says so at its first session. */
async function check({ title, executionProviders }: OnnxProvider): Promise<void> {
  try {
    const session = await InferenceSession.create(encodeIdentity('float32'), {
      executionProviders,
      logSeverityLevel: 4,
    })
    await session.release()
  } catch (error) {
    throw deviceError(title, 'it was opened', error)
  }
}
