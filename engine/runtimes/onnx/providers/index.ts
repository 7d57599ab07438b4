/** The registry of execution providers, each a device. */
import { coreml } from './coreml.ts'
import { cpu } from './cpu.ts'
import { cuda } from './cuda.ts'
import { directml } from './directml.ts'
import type { OnnxProvider } from './provider.ts'
import { webgpu } from './webgpu.ts'

export const providers: readonly OnnxProvider[] = [cpu, webgpu, cuda, directml, coreml]
