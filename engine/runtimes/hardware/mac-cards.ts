/** The graphics part of a Mac's chip, which shares the machine's memory. */
import { cpus, release, totalmem } from 'node:os'
import type { GraphicsCard } from './graphics-cards.ts'

export function macCards(): GraphicsCard[] {
  const chip = cpus()[0]?.model ?? 'Apple'
  return [{ vendor: 'Apple', name: chip, memoryBytes: totalmem(), driver: `Darwin ${release()}` }]
}
