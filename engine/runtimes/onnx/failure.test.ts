/** What the library was seen to say in each case (Dawn on Vulkan and Direct3D, CUDA, the processor's allocator), and what people read. */
import { expect, test } from 'vitest'
import { StudioError } from '../../errors.ts'
import { deviceError, failureKind } from './failure.ts'

const said = {
  memory: [
    'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[1]',
    'WebGPU validation failed. Buffer size (8589803520) exceeds the max buffer size limit (1073741824).',
    'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY',
    "Non-zero status code returned while running Expand node. Name:'/Expand_31' Status Message: numbers_storage_buffers_ <= limits_.maxStorageBuffersPerShaderStage was false. Too many storage buffers in shader. Current: 17, Max is 12",
    'CUDA failure 2: out of memory',
    'Failed to allocate memory for requested buffer of size 123',
    'std::bad_alloc',
    "Non-zero status code returned while running Expand node. Name:'/Expand_6' Status Message: narrowing_error",
  ],
  lost: [
    'WebGPU device lost (1): A valid external Instance reference no longer exists.',
    'Failed to download data from buffer. wgpu::MapAsyncStatus value: 4, message: [Device] is lost.',
    'D3D12 device was removed: DXGI_ERROR_DEVICE_REMOVED (0x887A0005)',
    'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
  ],
  other: ['Could not find an implementation for Imaginary(1)'],
} as const

test('failures are told apart', () => {
  for (const [kind, messages] of Object.entries(said))
    for (const message of messages) expect(failureKind(new Error(message)), message).toBe(kind)
})

test('people read what happened, what was said and what helps', () => {
  const error = deviceError('Graphics card (WebGPU)', 'a step was computed', new Error(said.lost[3]))
  expect(error.code).toBe('device')
  expect(error.message).toBe(
    'Graphics card (WebGPU) was lost while a step was computed. ONNX Runtime says: vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
  )
  expect(error.hint).toContain('Resume the run')
  const known = new StudioError('internal', 'a', 'b')
  expect(deviceError('x', 'y', known)).toBe(known)
})
