import type { Command } from 'commander'
import type { CommandContext } from './options.ts'
export function registerEstimate(_: Command, __: CommandContext): void {}
