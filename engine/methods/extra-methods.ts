/**
 * Methods from outside the studio, for developing one: `PEFT_STUDIO_EXTRA_METHODS` holds paths of modules (separated as in
 * PATH) whose default export is a method or a list of methods. Host, trainer processes and command line read it alike, so
 * such a method has a card, a form, figures and runs as if it stood in the registry. The module may import anything of the
 * engine but index.ts, which waits for it.
 */
import { delimiter, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { messageOf, StudioError } from '../errors.ts'
import type { AnyMethod } from './index.ts'
import { taxonomies } from './method.ts'

const VARIABLE = 'PEFT_STUDIO_EXTRA_METHODS'

/** What every other part relies on; the seams are checked when a graph is built. */
const methodSchema = z.looseObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words with hyphens'),
  title: z.string().min(1),
  taxonomy: z.enum(taxonomies),
  paper: z.object({ title: z.string(), url: z.string() }),
  explain: z.string().min(1),
  chooseWhen: z.string().min(1),
  avoidWhen: z.string().min(1),
  fields: z.record(
    z.string(),
    z.looseObject({
      type: z.enum(['integer', 'number', 'boolean', 'choice', 'text', 'custom']),
      label: z.string(),
      help: z.string(),
    }),
  ),
  defaults: z.looseObject({
    learningRate: z.number().positive(),
    weightDecay: z.number().min(0),
    warmupRatio: z.number().min(0).max(1),
  }),
  selects: z.union([
    z.literal('targets'),
    z.custom((value) => typeof value === 'function', '"targets" or a function'),
  ]),
  format: z.looseObject({ kind: z.enum(['peft', 'adapterhub', 'model']) }),
  merges: z.union([z.literal(true), z.object({ impossible: z.string().min(1) })]),
})

/**
 * @param taken names that are in use
 * @throws StudioError('bad-config') naming the module and what is wrong with it
 */
export async function loadExtraMethods(
  taken: readonly string[],
  paths = process.env[VARIABLE] ?? '',
): Promise<AnyMethod[]> {
  const names = new Set(taken)
  const found: AnyMethod[] = []
  for (const path of paths.split(delimiter).filter((part) => part.trim() !== '')) {
    const exported = await importDefault(resolve(path))
    for (const candidate of Array.isArray(exported) ? exported : [exported]) {
      const method = checked(path, candidate)
      if (names.has(method.name)) throw refused(path, `the name "${method.name}" is taken`)
      names.add(method.name)
      found.push(method)
    }
  }
  return found
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href)
    return module.default
  } catch (error) {
    throw refused(path, messageOf(error))
  }
}

function checked(path: string, candidate: unknown): AnyMethod {
  const result = methodSchema.safeParse(candidate)
  if (result.success) return candidate as AnyMethod
  const [issue] = result.error.issues
  throw refused(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is no method'}`)
}

function refused(path: string, why: string): StudioError {
  return new StudioError(
    'bad-config',
    `The method of ${path} cannot be used: ${why}.`,
    `Correct that module, or take it out of ${VARIABLE}.`,
  )
}
