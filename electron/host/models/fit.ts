/** Whether training a model fits this machine, method by method: the estimates of the method screen at default settings. */
import { StudioError } from '../../../engine/errors.ts'
import { methods } from '../../../engine/methods/index.ts'
import { trainingDefaults } from '../../../engine/train/defaults.ts'
import type { ModelFit } from '../../contract/models.ts'
import type { Host } from '../host.ts'

type Line = ModelFit['methods'][number]

/** @throws StudioError as `models.reference`; a method that cannot be used on the model says why in its line */
export async function fitOf(
  { methods: service, models }: Pick<Host, 'methods' | 'models'>,
  modelId: string,
  signal?: AbortSignal,
): Promise<ModelFit> {
  await models.reference(modelId)
  const lines: Line[] = []
  let memoryBytes = 0
  for (const { name, title } of methods.values()) {
    try {
      const choice = { modelId, method: name, methodConfig: {}, training: {} }
      const { totalBytes, fits, machine } = await service.estimate(choice, undefined, signal)
      memoryBytes = machine.bytes
      lines.push({ method: name, title, bytes: totalBytes, fits, reason: null })
    } catch (error) {
      if (!(error instanceof StudioError) || error.code === 'cancelled') throw error
      lines.push({ method: name, title, bytes: null, fits: false, reason: error.message })
    }
  }
  const [first] = methods.values()
  const { batch, length } = trainingDefaults(first!)
  return { rows: batch, length, memoryBytes, methods: lines }
}
