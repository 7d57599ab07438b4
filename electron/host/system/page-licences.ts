/** The list of packages in the built page, as the build wrote it. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { PackageLicence } from './package-licence.ts'

/** In the folder of the page. */
export const pageLicencesName = 'licences.json'

const schema = z.array(
  z.object({ name: z.string(), version: z.string(), licence: z.string(), text: z.string().nullable() }),
)

/** Empty where the page has not been built. */
export async function readPageLicences(pagesDir: string): Promise<PackageLicence[]> {
  const path = join(pagesDir, pageLicencesName)
  return existsSync(path) ? schema.parse(JSON.parse(await readFile(path, 'utf8'))) : []
}
