/** A job that says whether what it let go of was collected when it asked for that. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TrainEvent } from '../../../engine/train/events.ts'

export async function* train(): AsyncGenerator<TrainEvent> {
  const letGo = new WeakRef(new ArrayBuffer(8))
  await sleep(0)
  globalThis.gc?.()
  const message = letGo.deref() === undefined ? 'collected' : 'kept'
  yield { type: 'notice', step: 0, level: 'info', message }
  yield {
    type: 'finished',
    reason: 'completed',
    step: 0,
    trainLoss: 0,
    validationLoss: null,
    usefulTokensPerSecond: 0,
    peakMemoryBytes: 0,
    adapterPath: '',
    adapterBytes: 0,
    keptStep: 0,
    seconds: 0,
  }
}
