/** One way for ONNX Runtime to execute: what it is called, where it exists, whether this machine has what it needs. */
import type { InferenceSession } from 'onnxruntime-node'
import type { GraphicsCard } from '../../hardware/graphics-cards.ts'
import type { DeviceInfo } from '../../runtime.ts'

export type Look = Pick<DeviceInfo, 'available' | 'detail' | 'memoryBytes' | 'driver'> & {
  /** Where it is called otherwise on this machine. */
  readonly title?: string
}

export interface OnnxProvider {
  /** Identifier of the device. */
  readonly id: string
  readonly title: string
  readonly hardware: DeviceInfo['hardware']
  readonly executionProviders: NonNullable<InferenceSession.SessionOptions['executionProviders']>
  /** Where states and frozen weights are kept between runs. */
  readonly keeps: 'in memory' | 'on the device'
  /** Whether the package has it for this kind of machine. */
  existsOn(platform: NodeJS.Platform, architecture: string): boolean
  /** Looks at the machine without loading the library. */
  look(): Promise<Look>
}

/** What is told of a card that can be used. */
export function onCard(card: GraphicsCard | undefined): Look {
  if (card === undefined) return { available: false, detail: 'no graphics card was found' }
  const { name, memoryBytes, driver } = card
  return {
    available: true,
    detail: name,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(driver === undefined ? {} : { driver }),
  }
}
