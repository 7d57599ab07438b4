/** The methods service over a store of its own with the built-in model and data, gone after the test. */
import { onTestFinished } from 'vitest'
import { openStore } from '../../../store/open-store.ts'
import { temporaryFolder } from '../../../store/testing/folders.ts'
import { openChanges } from '../../changes.ts'
import { DeviceChoice } from '../../devices/device-choice.ts'
import { forkTrainer } from '../../fork-trainer.ts'
import { Jobs } from '../../jobs.ts'
import { ModelsService } from '../../models/models-service.ts'
import { openSettings } from '../../system/settings.ts'
import { builtInReferences } from '../../testing/built-in-references.ts'
import { MethodsService } from '../methods-service.ts'

export async function methodsHost() {
  const dataDir = temporaryFolder()
  const store = openStore(dataDir)
  const changes = openChanges()
  const jobs = new Jobs(changes)
  const settings = await openSettings(dataDir, () => {})
  const models = new ModelsService(store, changes)
  const references = builtInReferences(models)
  const parts = { dataDir, store, settings, jobs, changes, spawn: forkTrainer, references }
  const devices = new DeviceChoice({
    dataDir,
    spawn: forkTrainer,
    limitBytes: () => settings.get().memoryLimitBytes,
    bytesOf: (plan) => methods.bytesOf(plan),
    busy: () => false,
    measured: () => {},
  })
  const methods: MethodsService = new MethodsService({ ...parts, devices })
  onTestFinished(async () => {
    await Promise.all([jobs.close(), methods.close()])
    changes.close()
    store.close()
  })
  return { ...parts, models, methods, devices }
}

/** The built-in model and data with a method as it comes. */
export const choiceOf = (method: string, changes: Record<string, unknown> = {}) => ({
  modelId: 'builtin:studio-tiny',
  datasetVersionId: 'builtin:pirate@1',
  method,
  methodConfig: {},
  training: {},
  ...changes,
})
