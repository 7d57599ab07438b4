/** Writes down which packages the built page is made of, with their licences: they are not installed beside a packaged studio. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { licenceOf, type PackageLicence, packageOf } from '../host/system/package-licence.ts'
import { pageLicencesName } from '../host/system/page-licences.ts'

export function pageLicences(): Plugin {
  let root = ''
  return {
    name: 'page-licences',
    apply: 'build',
    configResolved(config) {
      root = config.root
    },
    async generateBundle(_options, bundle) {
      const modules = [...this.getModuleIds()].map((id) => id.replace(/^\0|\?.*$/g, ''))
      const assets = Object.values(bundle).flatMap((file) =>
        file.type === 'asset' ? file.originalFileNames.map((name) => join(root, name)) : [],
      )
      const found = new Map<string, PackageLicence>()
      for (const file of [...modules, ...assets, ...(await importedByStyles(modules, root))]) {
        if (!/[\\/]node_modules[\\/]/.test(file)) continue
        const owner = await packageOf(file)
        if (owner !== undefined && !found.has(owner.dir))
          found.set(owner.dir, await licenceOf(owner.dir, owner.manifest))
      }
      const packages = [...found.values()].sort((a, b) => a.name.localeCompare(b.name))
      this.emitFile({ type: 'asset', fileName: pageLicencesName, source: JSON.stringify(packages) })
    },
  }
}

/** Style sheets that a style sheet imports are woven into it and are no modules of their own. */
async function importedByStyles(modules: readonly string[], root: string): Promise<string[]> {
  const styles = modules.filter((id) => id.endsWith('.css') && id.startsWith(root))
  const texts = await Promise.all(styles.map((path) => readFile(path, 'utf8')))
  const names = texts.flatMap((text) => [...text.matchAll(/@import\s+["']([^"'.][^"']*)["']/g)])
  return names.map(([, name]) => join(root, '../node_modules', name ?? '', 'package.json'))
}
