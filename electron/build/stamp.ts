/** Tells whether a build is of the sources as they are now: a hash of them lies in the folder that was built. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** What each part is made from. Versions of packages are in the lock file. */
const sources = {
  page: ['renderer', 'renderer.vite.config.ts', 'electron/build', 'package-lock.json'],
  desktop: ['electron', 'engine', 'electron.vite.config.ts', 'package-lock.json'],
} as const
export type Part = keyof typeof sources

/** Where each part is built to. */
export const outputs = { page: 'out/renderer', desktop: 'out/main' } as const

/** @param root the project's folder */
export function isUpToDate(root: string, part: Part): boolean {
  const file = stampFile(join(root, outputs[part]))
  return existsSync(file) && readFileSync(file, 'utf8') === hashOf(root, part)
}

/** Writes the stamp of a build once it is complete. */
export function stamped(root: string, part: Part): Plugin {
  let before = ''
  let folder = ''
  return {
    name: 'stamp',
    apply: 'build',
    configResolved: ({ build }) => {
      folder = build.outDir
    },
    // Before anything is read: an edit during the build makes it a build of old sources.
    buildStart: () => {
      before = hashOf(root, part)
    },
    writeBundle: () => writeFileSync(stampFile(folder), before),
  }
}

/** Hidden, so it is never served. */
function stampFile(folder: string): string {
  return join(folder, '.sources')
}

function hashOf(root: string, part: Part): string {
  const hash = createHash('sha256')
  for (const file of sources[part].flatMap((path) => filesIn(root, path))) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/** Source files below a path of the project, in a fixed order; tests and their large data are not built. */
function filesIn(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return []
  const entries = path.includes('.')
    ? []
    : readdirSync(join(root, path), { recursive: true, withFileTypes: true })
  if (entries.length === 0) return [path]
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|svelte|css|html|svg|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !/\.test\.ts$|[\\/](golden|golden-data|testing)[\\/]/.test(file))
    .sort()
}
