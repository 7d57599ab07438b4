/** Which devices are listed, and what is said where one is missing. */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openDevice } from '../../index.ts'
import { onnxRuntime } from '../index.ts'
import { providers } from './index.ts'
import { onLinux } from './webgpu.ts'

const card = { vendor: 'AMD', name: 'AMD Radeon', memoryBytes: 8e9 } as const
const nvidia = { vendor: 'NVIDIA', name: 'NVIDIA T4', memoryBytes: 16e9, driver: '550' } as const
const vulkan = { loader: true, named: false, hardware: ['radeon_icd.json'], software: ['lvp_icd.json'] }

test('every provider is registered', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => !/^(index|provider|library-version)\.ts$|\.test\./.test(name),
  )
  expect(files.length).toBe(providers.length)
  expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length)
})

test('each kind of machine has its own', () => {
  const on = (platform: NodeJS.Platform, architecture: string) =>
    providers.filter(({ existsOn }) => existsOn(platform, architecture)).map(({ id }) => id)
  expect(on('linux', 'x64')).toEqual(['cpu', 'webgpu', 'cuda'])
  expect(on('linux', 'arm64')).toEqual(['cpu'])
  expect(on('win32', 'x64')).toEqual(['cpu', 'webgpu', 'dml'])
  expect(on('darwin', 'arm64')).toEqual(['cpu', 'webgpu', 'coreml'])
})

test('WebGPU on Linux needs a card, the loader and a driver', () => {
  expect(onLinux([card], vulkan)).toEqual({ available: true, detail: 'AMD Radeon', memoryBytes: 8e9 })
  expect(onLinux([], vulkan)).toEqual({ available: false, detail: 'no graphics card was found' })
  expect(onLinux([card], { ...vulkan, loader: false }).detail).toMatch(/libvulkan1/)
  const bare = { ...vulkan, hardware: [] }
  expect(onLinux([card], bare).detail).toBe('AMD Radeon has no Vulkan driver: install mesa-vulkan-drivers')
  expect(onLinux([nvidia], bare).detail).toMatch(/^NVIDIA T4 has no Vulkan driver.*NVIDIA driver/)
})

test('software is offered only to whom names it, and called so', () => {
  expect(onLinux([], { ...vulkan, hardware: [] }).available).toBe(false)
  const named = { loader: true, named: true, hardware: [], software: ['/x/vk_swiftshader_icd.json'] }
  expect(onLinux([], named)).toMatchObject({
    available: true,
    title: 'Software WebGPU (computes on the processor)',
    detail: '/x/vk_swiftshader_icd.json, named in the environment; for tests',
  })
  expect(onLinux([], { ...named, loader: false }).available).toBe(false)
})

test('a missing device says why, in the list and when it is opened', async () => {
  const missing = (await onnxRuntime.devices()).filter(({ available }) => !available)
  for (const { id, detail } of missing) {
    expect(detail.length, id).toBeGreaterThan(10)
    await expect(openDevice(id)).rejects.toMatchObject({
      code: 'device',
      message: expect.stringContaining(detail),
    })
  }
})
