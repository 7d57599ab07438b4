/** The studio's version and licence, and those of everything that is shipped with it. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StudioError } from '../../../engine/errors.ts'
import type { About, ShippedPackage } from '../../contract/system.ts'
import { packageFile, pagesDir } from '../../installation.ts'
import { systemInfo } from './info.ts'
import { installedPackages, type PackageLicence, readManifest } from './package-licence.ts'
import { readPageLicences } from './page-licences.ts'

type Shipped = PackageLicence & Pick<ShippedPackage, 'part'>

const root = dirname(packageFile)

export async function about(host: Parameters<typeof systemInfo>[0]): Promise<About> {
  const [info, manifest, licenceText, packages] = await Promise.all([
    systemInfo(host),
    readManifest(root),
    readFile(join(root, 'LICENSE'), 'utf8'),
    shippedPackages(),
  ])
  return {
    name: 'PEFT Studio',
    version: info.studio,
    licence: String(manifest?.license ?? ''),
    licenceText,
    versions: info.versions,
    packages: packages.map(({ name, version, licence, part }) => ({ name, version, licence, part })),
  }
}

/** @throws StudioError `not-found` for a package that is not shipped */
export async function licenceText(name: string, version: string): Promise<string | null> {
  const found = (await shippedPackages()).find((one) => one.name === name && one.version === version)
  if (found !== undefined) return found.text
  throw new StudioError(
    'not-found',
    `${name} ${version} is not a part of this studio.`,
    'Choose one of the list.',
  )
}

let shipped: Promise<Shipped[]> | undefined

/** Read once: nothing of it changes while the studio runs. */
function shippedPackages(): Promise<Shipped[]> {
  shipped ??= collect()
  return shipped
}

async function collect(): Promise<Shipped[]> {
  const [host, window] = await Promise.all([installedPackages(root), readPageLicences(pagesDir)])
  const all = [
    ...programs(),
    ...host.map((one) => ({ ...one, part: 'host' as const })),
    ...window.map((one) => ({ ...one, part: 'window' as const })),
  ]
  return all.sort((a, b) => a.name.localeCompare(b.name))
}

/** Their own licence files lie beside the program. */
function programs(): Shipped[] {
  const part = 'program' as const
  const { electron, chrome, node } = process.versions
  const text = null
  const around =
    electron === undefined
      ? []
      : [
          { name: 'Electron', version: electron, licence: 'MIT', text, part },
          { name: 'Chromium', version: chrome ?? '', licence: 'BSD-3-Clause and others', text, part },
        ]
  return [...around, { name: 'Node.js', version: node, licence: 'MIT and others', text, part }]
}
