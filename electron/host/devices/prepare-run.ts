/** Completes the plan of a run with the device it is computed on, right before it starts. */
import { listDevices, REFERENCE_DEVICE } from '../../../engine/runtimes/index.ts'
import { AUTOMATIC_DEVICE } from '../../../engine/train/plan-fields.ts'
import type { PreparePlan } from '../job.ts'
import type { DeviceChoice } from './device-choice.ts'
import type { Workload } from './workload.ts'

/**
 * A run goes on where it was, as long as that device is there; otherwise the fastest is taken, measured if need be.
 * @param before the device that the run was computed on so far; null for one that begins
 */
export function prepareRun(devices: DeviceChoice, workload: Workload, before: string | null): PreparePlan {
  const { plan } = workload
  return async ({ signal, notice }) => {
    if (plan.device === AUTOMATIC_DEVICE && before !== null && (await isAvailable(before)))
      return { ...plan, device: before }
    try {
      const { id: known, why } = await devices.planned(workload)
      if (known === null) notice('info', `${why}.`.replace('when the run starts', 'first'))
      const chosen = await devices.choose(workload, { signal, progress: () => {} })
      for (const { title, verdict, because } of chosen.ranking?.devices ?? [])
        if (verdict !== 'ranked') notice('warning', `${title} is out. ${because}`)
      const measured = plan.device === AUTOMATIC_DEVICE && (await devices.ranking(workload)) !== undefined
      if (measured) notice('info', `Computed on ${chosen.title}, ${chosen.why}.`)
      return { ...plan, device: chosen.id }
    } catch (error) {
      // Whoever stops the run while devices are measured is answered as one who stops it a moment later.
      if (signal.aborted) return { ...plan, device: REFERENCE_DEVICE }
      throw error
    }
  }
}

async function isAvailable(id: string): Promise<boolean> {
  return (await listDevices()).some((device) => device.id === id && device.available)
}
