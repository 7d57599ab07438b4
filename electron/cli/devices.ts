/** `devices`: what the engine can compute on. */
import type { Command } from 'commander'
import { listDevices } from '../../engine/runtimes/index.ts'
import { formatBytes } from './format.ts'
import { type CommandContext, jsonOption } from './options.ts'
import { table } from './table.ts'

export function registerDevices(program: Command, { stdout }: CommandContext): void {
  program
    .command('devices')
    .description('list the devices of this machine')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: true }) => {
      const devices = await listDevices()
      if (json) stdout.write(`${JSON.stringify(devices)}\n`)
      else
        stdout.write(
          `${table(devices, [
            { title: 'ID', value: (d) => d.id },
            { title: 'DEVICE', value: (d) => d.title },
            {
              title: 'MEMORY',
              value: (d) => (d.memoryBytes === undefined ? '–' : formatBytes(d.memoryBytes)),
              align: 'right',
            },
            { title: 'DETAIL', value: (d) => d.detail },
          ])}\n`,
        )
    })
}
