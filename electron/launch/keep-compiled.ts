/** Keeps what Node makes of the sources: the studio, its trainers and its commands then start in about half the time. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

/**
 * Must come before the sources are imported. Processes that are started from here find the same folder; it lies beside the
 * packages, because one that others may write to could hold their code.
 */
export function keepCompiled(): void {
  const folder =
    process.env.NODE_COMPILE_CACHE || join(import.meta.dirname, '../../node_modules/.cache/compiled')
  process.env.NODE_COMPILE_CACHE = folder
  enableCompileCache(folder)
}
