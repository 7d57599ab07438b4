/** Which TensorFlow devices this machine may have, and what each of them lacks; no library is loaded to find out. */
import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { graphicsCards } from '../hardware/graphics-cards.ts'
import type { DeviceInfo } from '../runtime.ts'
import { findNativePackage, type NativePackage, TENSORFLOW_JS } from './addons.ts'
import { CUDA_VERSIONS, missingCudaLibraries } from './cuda-libraries.ts'
import { nativeDevices, setupOf } from './open-native.ts'

type Status = Pick<DeviceInfo, 'available' | 'detail' | 'memoryBytes' | 'driver'>

/** Machines for which there is a TensorFlow library, as `platform architecture`. */
const processors = ['linux x64', 'linux arm64', 'win32 x64', 'darwin x64']
const cards = ['linux x64', 'win32 x64']

export async function tensorflowDevices(): Promise<DeviceInfo[]> {
  const machine = `${process.platform} ${process.arch}`
  const devices: DeviceInfo[] = []
  const runtime = 'tensorflow'
  if (cards.includes(machine))
    devices.push({
      id: 'tensorflow-gpu',
      runtime,
      title: 'NVIDIA graphics card (TensorFlow)',
      hardware: 'accelerator',
      ...(await cardStatus()),
    })
  if (processors.includes(machine))
    devices.push({
      id: 'tensorflow-cpu',
      runtime,
      title: 'Processor (TensorFlow)',
      hardware: 'processor',
      ...processorStatus('float32'),
    })
  if (processors.includes(machine) && multipliesBfloat16())
    devices.push({
      id: 'tensorflow-cpu-bf16',
      runtime,
      title: 'Processor (TensorFlow, bfloat16 products)',
      hardware: 'processor',
      precision: 'bfloat16',
      ...processorStatus('operands of matrix products rounded to bfloat16'),
    })
  return devices
}

function processorStatus(precision: string): Status {
  const lack = missingPackage('tensorflow-cpu')
  if (lack !== undefined) return { available: false, detail: lack }
  return {
    available: true,
    detail: `${availableParallelism()} threads, ${precision}`,
    memoryBytes: totalmem(),
    driver: `TensorFlow.js ${TENSORFLOW_JS}`,
  }
}

async function cardStatus(): Promise<Status> {
  const card = (await graphicsCards()).find(
    ({ vendor, driver }) => vendor === 'NVIDIA' && driver !== undefined,
  )
  if (card === undefined) return { available: false, detail: 'no NVIDIA driver, or it sees no card' }
  const { name, memoryBytes, driver } = card
  const known = {
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(driver === undefined ? {} : { driver }),
  }
  const lack = missingPackage('tensorflow-gpu')
  if (lack !== undefined) return { available: false, detail: lack, ...known }
  const libraries = missingCudaLibraries()
  if (libraries.length > 0)
    return {
      available: false,
      detail: `CUDA library missing: ${libraries.join(', ')} (TensorFlow wants ${CUDA_VERSIONS})`,
      ...known,
    }
  return { available: true, detail: name, ...known }
}

/** What is wrong with the package of a device, in words; undefined where it is there. */
export function missingPackage(id: string): string | undefined {
  const name: NativePackage = nativeDevices[id]!.package
  const found = findNativePackage(name)
  const remedy = `run \`${setupOf(id)}\``
  if (found === undefined) return `not installed: ${remedy}`
  if (found.version !== TENSORFLOW_JS)
    return `${name} ${found.version} is installed, the studio works with ${TENSORFLOW_JS}: ${remedy}`
  return found.addon === undefined ? `the native part of ${name} was not built: ${remedy}` : undefined
}

/** Whether the processor multiplies bfloat16 matrices (AMX), so that rounding to it makes products faster. */
export function multipliesBfloat16(cpuinfo = readCpuinfo()): boolean {
  return /^flags\s*:.*\bamx_bf16\b/m.test(cpuinfo)
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    // Other systems than Linux do not say; the float32 device is what they have.
    return ''
  }
}
