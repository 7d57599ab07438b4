/** The machine, the studio itself, its settings, and the feed of what changed. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { deviceSchema } from './devices.ts'
import { count } from './shared.ts'

/** Parts of the studio's data that can change; a window asks again for what it shows of them. */
export const topics = [
  'models',
  'datasets',
  'runs',
  'queue',
  'comparisons',
  'settings',
  'jobs',
  'presets',
  'measurements',
] as const
export type Topic = (typeof topics)[number]

export const changeSchema = z.object({
  topic: z.enum(topics),
  /** The one record that changed, or null when several or all may have. */
  id: z.string().nullable(),
})
export type Change = z.infer<typeof changeSchema>

export const infoSchema = z.object({
  studio: z.string(),
  shell: z.enum(['electron', 'headless']),
  platform: z.string(),
  cpu: z.string(),
  cores: count,
  memoryBytes: count,
  freeMemoryBytes: count,
  dataDir: z.string(),
  /** Free space on the disk of the data folder. */
  freeDiskBytes: count,
  versions: z.record(z.string(), z.string()),
})
export type SystemInfo = z.infer<typeof infoSchema>

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  /** Runs that would need more are refused; null = the machine's memory. */
  memoryLimitBytes: z.int().min(256e6).nullable(),
  /** Threads of a trainer; null = the runtime decides. */
  threads: z.int().min(1).nullable(),
  /** What runs are computed on that say nothing else: `auto`, or the id of a device. */
  device: z.string().min(1),
  /** A queue goes on with the next run when one fails. */
  continueAfterFailure: z.boolean(),
  /** Another hub than the usual one (HF_ENDPOINT, or Hugging Face's); null = the usual one. */
  hubEndpoint: z
    .url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' })
    .nullable(),
})
export type Settings = z.infer<typeof settingsSchema>
export const changesSchema = settingsSchema.partial()

export const storageSchema = z.object({
  dataDir: z.string(),
  freeBytes: count,
  totalBytes: count,
  /** What `clearCaches` would delete. */
  clearableBytes: count,
  /** In the order in which they are shown; empty parts are there, too. */
  parts: z.array(
    z.object({ key: z.string(), label: z.string(), help: z.string(), bytes: count, files: count }),
  ),
})
export type Storage = z.infer<typeof storageSchema>

/** New lines of the log; `reset`: they replace what was shown, because the file began anew. */
export const logLinesSchema = z.object({ lines: z.array(z.string()), reset: z.boolean() })

export const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** SPDX expression as the package states it. */
  licence: z.string(),
  /** Where it runs: in the host, in the window, or as the program around both. */
  part: z.enum(['host', 'window', 'program']),
})
export type ShippedPackage = z.infer<typeof packageSchema>

export const aboutSchema = z.object({
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  licenceText: z.string(),
  versions: z.record(z.string(), z.string()),
  packages: z.array(packageSchema),
})
export type About = z.infer<typeof aboutSchema>

export const systemContract = {
  info: oc.output(infoSchema),
  /** Changes from now on; joined again with the last id, those in between come first. */
  changes: oc.output(eventIterator(changeSchema)),
  settings: oc.output(settingsSchema),
  changeSettings: oc.input(changesSchema).output(settingsSchema),
  /** What the engine can compute on. */
  devices: oc.output(z.array(deviceSchema)),
  /** Two real steps of the example on every device, as a job whose result is a `Ranking`; then `devices` tells it, too. */
  measure: oc.output(z.object({ jobId: z.string() })),
  /** How much the data folder holds, by part. */
  storage: oc.output(storageSchema),
  /** Deletes tokens and converted weights, which are made again when needed. Refused while something is being trained. */
  clearCaches: oc.output(z.object({ freedBytes: count })),
  /** The last lines of the log, and then each new one. */
  log: oc.output(eventIterator(logLinesSchema)),
  /** Versions, machine and counts as text for a report; no names of files, models or data. */
  diagnostics: oc.output(z.string()),
  about: oc.output(aboutSchema),
  /** The licence of one of the packages, in full; null where the package brings no text. */
  licenceText: oc.input(packageSchema.pick({ name: true, version: true })).output(z.string().nullable()),
}
