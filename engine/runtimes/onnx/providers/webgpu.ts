/** Graphics cards of any vendor through WebGPU: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS. */
import { totalmem } from 'node:os'
import { type GraphicsCard, graphicsCards } from '../../hardware/graphics-cards.ts'
import { type VulkanDrivers, vulkanDrivers } from '../../hardware/vulkan.ts'
import { libraryVersion } from './library-version.ts'
import { type Look, type OnnxProvider, onCard } from './provider.ts'

export const webgpu: OnnxProvider = {
  id: 'webgpu',
  title: 'Graphics card (WebGPU)',
  hardware: 'accelerator',
  executionProviders: ['webgpu'],
  keeps: 'on the device',
  existsOn: (platform, architecture) =>
    platform === 'linux'
      ? architecture === 'x64'
      : platform === 'darwin'
        ? architecture === 'arm64'
        : platform === 'win32',
  look: async () => {
    const cards = await graphicsCards()
    return process.platform === 'linux' ? onLinux(cards, vulkanDrivers()) : onCard(cards[0])
  },
}

/** Without a card, or without what lets Vulkan reach it, there is no adapter. */
export function onLinux(cards: readonly GraphicsCard[], vulkan: VulkanDrivers): Look {
  const missing = (detail: string): Look => ({ available: false, detail })
  if (!vulkan.loader && (cards.length > 0 || vulkan.named))
    return missing(
      'the Vulkan loader (libvulkan.so.1) is not installed: install the package libvulkan1 or vulkan-loader',
    )
  // A driver that computes on the processor is slower than the processor itself: only for whom asks for it by name.
  if (vulkan.named && vulkan.hardware.length === 0 && vulkan.software.length > 0)
    return {
      available: true,
      title: 'Software WebGPU (computes on the processor)',
      detail: `${vulkan.software.join(', ')}, named in the environment; for tests`,
      memoryBytes: totalmem(),
      driver: libraryVersion(),
    }
  if (cards.length === 0 && !vulkan.named) return missing('no graphics card was found')
  if (vulkan.hardware.length === 0)
    return missing(
      `${cards[0]?.name ?? 'the graphics card'} has no Vulkan driver: install ${
        cards[0]?.vendor === 'NVIDIA' ? 'the graphics part of the NVIDIA driver' : 'mesa-vulkan-drivers'
      }`,
    )
  return onCard(cards[0])
}
