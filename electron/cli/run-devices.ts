/** Devices for the runs of the command line: looked up and checked before anything starts, measured where the choice is free. */
import { StudioError } from '../../engine/errors.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { findDevice } from '../../engine/runtimes/index.ts'
import type { TrainPlan } from '../../engine/train/plan.ts'
import { AUTOMATIC_DEVICE, type TrainingSettings } from '../../engine/train/plan-fields.ts'
import { DeviceChoice } from '../host/devices/device-choice.ts'
import { roomFor } from '../host/devices/room.ts'
import { tooLarge } from '../host/devices/too-large.ts'
import { forkTrainer } from '../host/fork-trainer.ts'
import { differencesOf } from '../host/methods/differences.ts'
import { estimateView } from '../host/methods/estimate-view.ts'
import { figures } from '../host/methods/figures.ts'
import { openSettings, type SettingsFile } from '../host/system/settings.ts'

export interface RunDevices {
  readonly choice: DeviceChoice
  readonly settings: SettingsFile
  /**
   * @throws StudioError `not-found` or `device` for a device that cannot be had, `device` for a run that does not fit, with
   * what would
   */
  check(plan: TrainPlan): Promise<void>
}

export async function openRunDevices(dataDir: string): Promise<RunDevices> {
  const settings = await openSettings(dataDir, () => {})
  const choice = new DeviceChoice({
    dataDir,
    spawn: forkTrainer,
    limitBytes: () => settings.get().memoryLimitBytes,
    bytesOf: async (plan) => (await figures.estimate({ ...questionOf(plan), memoryBytes: 0 })).totalBytes,
    busy: () => false,
    measured: () => {},
  })
  return {
    choice,
    settings,
    async check(plan) {
      if (plan.device !== AUTOMATIC_DEVICE) await findDevice(plan.device)
      const room = await roomFor(choice, plan.device)
      const question = questionOf(plan)
      const estimate = await figures.estimate({ ...question, memoryBytes: room.bytes })
      if (estimate.totalBytes <= room.bytes) return
      const view = estimateView(estimate, room, { slots: estimate.labelSlots, assumed: true })
      const options = await figures.memoryOptions({ ...question, limitBytes: room.bytes })
      const { message, hint } = tooLarge(view, options)
      throw new StudioError('device', message, hint)
    },
  }
}

function questionOf(plan: TrainPlan) {
  const { model, method, methodConfig } = plan
  const training: Partial<TrainingSettings> = differencesOf(findMethod(method), plan).training
  return { model, method, methodConfig, training }
}
