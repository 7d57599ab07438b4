/** Saved settings by name: one JSON file in the data folder. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import { type Preset, presetSchema } from '../../contract/methods.ts'

const fileSchema = z.object({ presets: z.array(z.unknown()) })

export class Presets {
  readonly #path: string
  readonly #onChange: () => void
  #presets: Promise<Preset[]> | undefined

  constructor(dataDir: string, onChange: () => void) {
    this.#path = join(dataDir, 'presets.json')
    this.#onChange = onChange
  }

  /** By name. @throws StudioError `bad-file` where the file is damaged */
  list(): Promise<Preset[]> {
    this.#presets ??= readPresets(this.#path)
    return this.#presets
  }

  /** A preset of the same method and name is replaced. */
  async save(added: Omit<Preset, 'id' | 'savedAt'>): Promise<Preset> {
    const presets = await this.list()
    const same = ({ method, name }: Preset) => method === added.method && name === added.name
    const preset = { ...added, id: presets.find(same)?.id ?? randomUUID(), savedAt: Date.now() }
    await this.#write([...presets.filter((p) => !same(p)), preset])
    return preset
  }

  /** @throws StudioError `not-found` */
  async remove(id: string): Promise<void> {
    const presets = await this.list()
    if (!presets.some((preset) => preset.id === id))
      throw new StudioError('not-found', 'That preset is not there any more.', 'Look at the list again.')
    await this.#write(presets.filter((preset) => preset.id !== id))
  }

  async #write(presets: readonly Preset[]): Promise<void> {
    const sorted = [...presets].sort((a, b) => a.name.localeCompare(b.name))
    await writeJsonAtomic(this.#path, { presets: sorted })
    this.#presets = Promise.resolve(sorted)
    this.#onChange()
  }
}

/** Entries that a newer studio wrote, or that are damaged, are left out. */
async function readPresets(path: string): Promise<Preset[]> {
  if (!existsSync(path)) return []
  const { presets } = fileSchema.parse((await readJsonObject(path)).json)
  return presets.flatMap((raw) => {
    const result = presetSchema.safeParse(raw)
    return result.success ? [result.data] : []
  })
}
