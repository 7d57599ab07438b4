/**
 * Runtimes from outside the studio, for developing one: `PEFT_STUDIO_EXTRA_RUNTIMES` holds paths of modules (separated as in
 * PATH) that export `runtimes`, a list. Host, trainer processes and command line read it alike, so their devices are listed,
 * measured and chosen as if they stood in the registry. The module may import anything of the engine but index.ts, which
 * waits for it.
 */
import { delimiter, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { messageOf, StudioError } from '../errors.ts'
import type { Runtime } from './runtime.ts'

const VARIABLE = 'PEFT_STUDIO_EXTRA_RUNTIMES'

const isFunction = z.custom((value) => typeof value === 'function', 'a function')
const moduleSchema = z.looseObject({
  runtimes: z.array(z.looseObject({ name: z.string().min(1), devices: isFunction, open: isFunction })),
})

/** @throws StudioError('bad-config') naming the module and what is wrong with it */
export async function loadExtraRuntimes(paths = process.env[VARIABLE] ?? ''): Promise<Runtime[]> {
  const found: Runtime[] = []
  for (const path of paths.split(delimiter).filter((part) => part.trim() !== '')) {
    const module = await load(path)
    const result = moduleSchema.safeParse({ ...module })
    if (!result.success) throw refused(path, z.prettifyError(result.error))
    found.push(...module.runtimes)
  }
  return found
}

async function load(path: string): Promise<{ runtimes: Runtime[] }> {
  try {
    return await import(pathToFileURL(resolve(path)).href)
  } catch (error) {
    throw refused(path, messageOf(error))
  }
}

function refused(path: string, why: string): StudioError {
  return new StudioError(
    'bad-config',
    `The runtimes of ${path} cannot be used: ${why}.`,
    `Correct that module, or take it out of ${VARIABLE}.`,
  )
}
