/** Graphics cards on Linux: those that have a render node, named by the system's list of PCI devices where it has one. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GraphicsCard, vendorOf } from './graphics-cards.ts'

const NAME_LISTS = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids']

/** @param root of the system's files, for tests */
export async function linuxCards(root = '/'): Promise<GraphicsCard[]> {
  const nodes = await readdir(join(root, 'sys/class/drm')).catch(() => [])
  const cards = nodes
    .filter((name) => name.startsWith('renderD'))
    .map((name) => card(root, join(root, 'sys/class/drm', name, 'device')))
  return (await Promise.all(cards)).filter((c) => c !== undefined)
}

async function card(root: string, folder: string): Promise<GraphicsCard | undefined> {
  const text = (name: string) => readFile(join(folder, name), 'utf8').then(trimmed, () => undefined)
  const [vendor, device, product, memory] = await Promise.all(
    ['vendor', 'device', 'product_name', 'mem_info_vram_total'].map(text),
  )
  if (vendor === undefined || device === undefined) return undefined
  const known = vendorOf(vendor)
  const listed = product || (await listedName(root, vendor, device))
  const maker = known === 'other' ? `graphics card of vendor ${vendor}` : known
  const named = listed !== undefined && known !== 'other' && vendorOf(listed) === known
  return {
    vendor: known,
    name: named ? listed : `${maker} ${listed ?? device}`,
    ...(memory === undefined ? {} : { memoryBytes: Number(memory) }),
  }
}

const trimmed = (text: string): string => text.trim()

/** Lines of `vendor  name`, each followed by lines of `\tdevice  name`. */
async function listedName(root: string, vendor: string, device: string): Promise<string | undefined> {
  const [v, d] = [vendor, device].map((hex) => hex.replace('0x', ''))
  for (const path of NAME_LISTS) {
    const list = await readFile(join(root, path), 'utf8').catch(() => '')
    const at = list.search(new RegExp(`^${v} `, 'm'))
    if (at < 0) continue
    const section = list.slice(at).split(/\n(?=[0-9a-f])/, 1)[0]!
    const found = new RegExp(`^\\t${d}\\s+(.*)$`, 'm').exec(section)?.[1]
    if (found !== undefined) return found.trim()
  }
  return undefined
}
