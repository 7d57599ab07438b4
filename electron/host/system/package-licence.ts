/** What a package says about itself: name, version, licence and its text. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'

export interface PackageLicence {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly text: string | null
}

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  licenses: z.array(z.looseObject({ type: z.string() })).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
})
export type PackageManifest = z.infer<typeof manifestSchema>

/** Undefined where `dir` is no package (a folder of one, say). */
export async function readManifest(dir: string): Promise<PackageManifest | undefined> {
  const path = join(dir, 'package.json')
  if (!existsSync(path)) return undefined
  return manifestSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data
}

export async function licenceOf(dir: string, manifest: PackageManifest): Promise<PackageLicence> {
  const { name, version, license, licenses } = manifest
  const stated =
    typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '))
  return { name, version, licence: stated ?? 'see its text', text: await licenceText(dir) }
}

async function licenceText(dir: string): Promise<string | null> {
  const names = (await readdir(dir))
    .filter((name) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(name))
    .sort()
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8').catch(() => '')))
  const text = texts.filter((part) => part !== '').join('\n\n')
  return text === '' ? null : text
}

/** The folder of the package that a file belongs to. */
export async function packageOf(
  file: string,
): Promise<{ dir: string; manifest: PackageManifest } | undefined> {
  for (let dir = dirname(file); dirname(dir) !== dir; dir = dirname(dir)) {
    const manifest = await readManifest(dir)
    if (manifest !== undefined) return { dir, manifest }
  }
  return undefined
}

/** Every package that is needed to run `root`: its dependencies, theirs, and so on, as they are installed. */
export async function installedPackages(root: string): Promise<PackageLicence[]> {
  const found = new Map<string, PackageLicence>()
  const walk = async (from: string, manifest: PackageManifest): Promise<void> => {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const dir = resolvePackage(from, name)
      // An optional package may not be there; a package may depend on itself through others.
      if (dir === undefined || found.has(dir)) continue
      const own = await readManifest(dir)
      if (own === undefined) continue
      found.set(dir, await licenceOf(dir, own))
      await walk(dir, own)
    }
  }
  const manifest = await readManifest(root)
  if (manifest !== undefined) await walk(root, manifest)
  return [...found.values()]
}

/** As Node looks for it: in node_modules of the folder, or of one above. */
function resolvePackage(from: string, name: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    const candidate = join(dir, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (dirname(dir) === dir) return undefined
  }
}
