/** `runs resume`: goes on with a run that ended before its last step, where it was computed or on another device. */
import type { Command } from 'commander'
import { findDevice } from '../../engine/runtimes/index.ts'
import { planFor } from '../host/runs/queue.ts'
import { checkResumable } from '../host/runs/resumable.ts'
import { TrainerSupervisor } from '../host/trainer-supervisor.ts'
import { openStore } from '../store/open-store.ts'
import { formatLoss } from './format.ts'
import type { CommandContext } from './options.ts'
import { openRunDevices } from './run-devices.ts'
import { summary } from './summary.ts'
import { runOn } from './train-run.ts'

/** Adds the command to `runs`. */
export function registerResume(runs: Command, { dataDir, stdout }: CommandContext): void {
  runs
    .command('resume')
    .description('go on with a run that was cut off, stopped or failed, from its last checkpoint')
    .argument('<id>', 'id of the run, or any part of it that fits no other run')
    .option('--device <id>', 'compute it on this device from now on; see "devices"')
    .option('--json', 'print a JSON document as the last line')
    .action(async (id: string, { json, device }: { json?: true; device?: string }) => {
      if (device !== undefined) await findDevice(device)
      const store = openStore(dataDir())
      try {
        const found = store.runs.find(id)
        checkResumable(found)
        if (device !== undefined) store.runs.setConfig(found.id, { ...found.config, device })
        const run = store.runs.get(found.id)
        const tools = {
          store,
          supervisor: new TrainerSupervisor(store),
          devices: await openRunDevices(dataDir()),
        }
        const result = summary(run.id, run.method, await runOn(tools, run, planFor(store, run)))
        if (json) stdout.write(`${JSON.stringify(result)}\n`)
        else {
          const validation = result.validationLoss === null ? '–' : formatLoss(result.validationLoss)
          stdout.write(`run ${run.id} is done on ${result.device}; validation loss ${validation}\n`)
        }
      } finally {
        store.close()
      }
    })
}
