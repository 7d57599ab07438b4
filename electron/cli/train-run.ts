/** Makes one run of the command line and trains it; what it needs is checked before anything is stored. */
import type { TrainPlan } from '../../engine/train/plan.ts'
import { createRun, planOf, type RunSpec } from '../host/create-run.ts'
import { prepareRun } from '../host/devices/prepare-run.ts'
import { workloadOf } from '../host/devices/workload.ts'
import type { TrainerSupervisor } from '../host/trainer-supervisor.ts'
import type { Store } from '../store/open-store.ts'
import type { Run } from '../store/run-record.ts'
import type { RunDevices } from './run-devices.ts'
import { type JobOutcome, runJob } from './run-job.ts'

export interface RunTools {
  readonly store: Store
  readonly supervisor: TrainerSupervisor
  readonly devices: RunDevices
}

/** A run as the command line says it: settings by their own names. */
export type CliSpec = RunSpec & { readonly choices: Partial<TrainPlan> }

/** @throws StudioError where the run cannot be made: model, data, settings, device or memory */
export async function checkRun({ store, devices }: RunTools, spec: CliSpec): Promise<void> {
  await devices.check(planOf(store.dataDir, withDevice(devices, spec), store.dataDir))
}

/** @throws StudioError as `checkRun`, and why the run did not complete */
export async function trainRun(tools: RunTools, spec: CliSpec): Promise<{ run: Run; outcome: JobOutcome }> {
  await checkRun(tools, spec)
  const { run, plan } = await createRun(tools.store, withDevice(tools.devices, spec))
  return { run, outcome: await runOn(tools, run, plan) }
}

/** Trains a stored run as the plan says, on the device that it was on or that is chosen now. */
export function runOn(
  { store, supervisor, devices }: RunTools,
  run: Run,
  plan: TrainPlan,
): Promise<JobOutcome> {
  const prepare = prepareRun(devices.choice, workloadOf(store, run, plan), run.device)
  return runJob(supervisor, run.id, plan, run.method, prepare)
}

function withDevice({ settings }: RunDevices, spec: CliSpec): CliSpec {
  return { ...spec, choices: { device: settings.get().device, ...spec.choices } }
}
