/** The person's settings: one JSON file in the data folder, so that they survive a new database. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import { AUTOMATIC_DEVICE } from '../../../engine/train/plan-fields.ts'
import { type changesSchema, type Settings, settingsSchema } from '../../contract/system.ts'

export interface SettingsFile {
  get(): Settings
  /** Stores the change before it returns what is valid now. */
  change(changes: z.infer<typeof changesSchema>): Promise<Settings>
}

const defaults: Settings = {
  theme: 'system',
  memoryLimitBytes: null,
  threads: null,
  device: AUTOMATIC_DEVICE,
  continueAfterFailure: true,
  hubEndpoint: null,
}

/** An entry that does not fit is left out: a damaged setting must not keep the studio from opening. */
export async function openSettings(dataDir: string, onChange: () => void): Promise<SettingsFile> {
  const path = join(dataDir, 'settings.json')
  let settings = { ...defaults, ...(await stored(path)) }
  // One change after the other: each builds on what the one before it has stored.
  let last: Promise<unknown> = Promise.resolve()
  const apply = async (changes: z.infer<typeof changesSchema>): Promise<Settings> => {
    const next = settingsSchema.parse({ ...settings, ...changes })
    await writeJsonAtomic(path, next)
    settings = next
    onChange()
    return settings
  }
  return {
    get: () => settings,
    change(changes) {
      const applied = last.then(() => apply(changes))
      // Whoever asked hears of a failure; the next change is not its victim.
      last = applied.catch(() => undefined)
      return applied
    },
  }
}

/** A damaged file counts as none; it is replaced with the next change. */
async function stored(path: string): Promise<Partial<Settings>> {
  if (!existsSync(path)) return {}
  try {
    return fitting((await readJsonObject(path)).json)
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-file') return {}
    throw error
  }
}

function fitting(stored: Readonly<Record<string, unknown>>): Partial<Settings> {
  const entries = Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
    const result = schema.safeParse(stored[key])
    return result.success ? [[key, result.data] as const] : []
  })
  return Object.fromEntries(entries)
}
