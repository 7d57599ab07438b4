/** The native library, where it is installed: the same tests as on TensorFlow.js's own backends. */
import { describe, expect, test } from 'vitest'
import { openDevice } from '../index.ts'
import { openNative } from './open-native.ts'
import { tensorflowDevices } from './status.ts'
import { everyError, everyOperator } from './suite.ts'
import { everyMethod, everyWeightChoice } from './training-suite.ts'

const devices = await tensorflowDevices()
// A process has one library with one setting, so one device is tested: the fastest kind that is there.
const found = ['tensorflow-gpu', 'tensorflow-cpu'].map((id) => devices.find((device) => device.id === id))
const usable = found.find((device) => device?.available)

describe('TensorFlow natively', async () => {
  if (usable === undefined) {
    const reasons = found.flatMap((device) => (device ? [`${device.title}: ${device.detail}`] : []))
    test.skip(`skipped, because there is no native TensorFlow here (${reasons.join('; ')})`)
    return
  }
  const device = await openDevice(usable.id)
  const { tf, version, where } = await openNative(usable.id)
  test(`the library of ${usable.id} is what it says`, () => {
    expect(version).toMatch(/^\d+\.\d+/)
    expect(where).toBe(usable.id === 'tensorflow-gpu' ? 'the graphics card' : 'the processor')
    expect(tf.getBackend()).toBe('tensorflow')
  })
  everyOperator({ tf, device })
  everyMethod({ tf, device })
  everyWeightChoice({ tf, device })
  everyError({ tf, device })
})
