/** A whole host in a folder of its own whose trainer counts (counting-job.ts), for tests of the queue and of streams. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import type { RunRequest } from '../../contract/runs.ts'
import type { RunStatus } from '../../store/run-record.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { type Host, openHost } from '../host.ts'
import type { CountingPlan } from './counting-job.ts'

const jobModule = fileURLToPath(new URL('./counting-job.ts', import.meta.url))

/** What every test asks for, unless it says otherwise. */
export const counting = (changes: Partial<RunRequest> = {}): RunRequest => ({
  modelId: 'builtin:studio-tiny',
  datasetVersionId: 'builtin:pirate@1',
  method: 'lora',
  training: { steps: 20 },
  ...changes,
})

/** @param job how the trainers of this folder count: speed and trouble */
export async function countingHost(job: Partial<CountingPlan> = {}, dataDir = temporaryFolder()) {
  tellTrainers(dataDir, job)
  process.env.PEFT_STUDIO_JOB_MODULE = jobModule
  const host = await openHost({ shell: 'headless', dataDir })
  delete process.env.PEFT_STUDIO_JOB_MODULE
  let open = true
  const close = async () => {
    if (open) await host.close()
    open = false
  }
  onTestFinished(close)
  return { host, dataDir, close, tell: (next: Partial<CountingPlan>) => tellTrainers(dataDir, next) }
}

function tellTrainers(dataDir: string, job: Partial<CountingPlan>): void {
  writeFileSync(join(dataDir, 'counting.json'), JSON.stringify(job))
}

/** Waits until a run has this status. */
export async function reaches(host: Host, id: string, status: RunStatus): Promise<void> {
  await expect.poll(() => host.runs.get(id).status, { timeout: 30_000, interval: 20 }).toBe(status)
}

/** Waits until so many steps of a run are stored. */
export async function counts(host: Host, id: string, step: number): Promise<void> {
  await expect
    .poll(() => host.store.metrics.lastStep(id), { timeout: 30_000, interval: 10 })
    .toBeGreaterThanOrEqual(step)
}

/** The process that works on a run now, as its diary says. */
export function trainerOf(host: Host, id: string): number {
  const told = host.runs.log(id, 0).map(({ message }) => /^Training in process (\d+)/.exec(message)?.[1])
  return Number(told.findLast((pid) => pid !== undefined))
}
