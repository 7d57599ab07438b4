/** Measures a device by two real steps of the example, and remembers what came out. */

import { measurementSchema } from '../../contract/methods.ts'
import { changed } from '../changes.ts'
import { readExample } from '../home/example.ts'
import type { Host } from '../host.ts'
import { findDevice, rememberSpeed } from './devices.ts'

/**
 * @returns the id of the job
 * @throws StudioError `not-found`, `device` for a device that is not available
 */
export async function measureDevice(
  host: Pick<Host, 'methods' | 'jobs' | 'changes' | 'dataDir' | 'home'>,
  deviceId: string,
): Promise<string> {
  await findDevice(host.dataDir, deviceId)
  const { model, data, methods, training } = await readExample()
  const [method] = methods
  const choice = {
    modelId: model.id,
    datasetVersionId: await host.home.exampleVersion(),
    method: method!.name,
    methodConfig: {},
    training,
  }
  const { id } = await host.methods.probe(choice, true)
  void remember(host, id, deviceId, `${method!.title} on ${model.name} with ${data.name}`)
  return id
}

/** Waits for the job; one that fails or is cancelled leaves what was known. */
async function remember(
  { jobs, changes, dataDir }: Pick<Host, 'jobs' | 'changes' | 'dataDir'>,
  jobId: string,
  deviceId: string,
  workload: string,
): Promise<void> {
  for await (const record of jobs.watch(jobId, undefined)) {
    if (record.state !== 'done') continue
    const { usefulTokensPerSecond, millisecondsPerStep, peakMemoryBytes, disturbed, measuredAt } =
      measurementSchema.parse(record.result)
    const figures = { usefulTokensPerSecond, millisecondsPerStep, peakMemoryBytes, disturbed, measuredAt }
    await rememberSpeed(dataDir, deviceId, { ...figures, workload })
    changed(changes, 'measurements', deviceId)
  }
}
