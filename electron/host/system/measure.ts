/** Measures the devices of this machine by two real steps of the example on each. */
import { readExample } from '../home/example.ts'
import type { Host } from '../host.ts'

/** @returns the id of the job, whose result is a `Ranking` */
export async function measureDevices(
  host: Pick<Host, 'methods' | 'devices' | 'jobs' | 'home'>,
): Promise<string> {
  const { model, methods, training } = await readExample()
  const workload = await host.methods.workload({
    modelId: model.id,
    datasetVersionId: await host.home.exampleVersion(),
    method: methods[0]!.name,
    methodConfig: {},
    training,
  })
  const what = { kind: 'devices.measure', title: 'Measuring the devices' }
  return host.jobs.start(what, (context) => host.devices.measure(workload, context)).id
}
