/** The graphics cards of this machine, as its operating system names them; nothing is loaded to find out. */
import { linuxCards } from './linux-cards.ts'
import { macCards } from './mac-cards.ts'
import { nvidiaCards } from './nvidia-cards.ts'
import { windowsCards } from './windows-cards.ts'

export interface GraphicsCard {
  readonly vendor: 'NVIDIA' | 'AMD' | 'Intel' | 'Apple' | 'other'
  readonly name: string
  /** Its own memory, or the machine's where it shares that. */
  readonly memoryBytes?: number
  /** Version of its driver. */
  readonly driver?: string
}

let known: Promise<readonly GraphicsCard[]> | undefined

/** Asked once per process; the card with most memory first. */
export function graphicsCards(): Promise<readonly GraphicsCard[]> {
  known ??= look()
  return known
}

async function look(): Promise<readonly GraphicsCard[]> {
  if (process.platform === 'darwin') return macCards()
  const others = process.platform === 'win32' ? await windowsCards() : await linuxCards()
  const nvidia = await nvidiaCards()
  // NVIDIA's own tool knows more than the system does.
  const cards = nvidia.length === 0 ? others : [...nvidia, ...others.filter((c) => c.vendor !== 'NVIDIA')]
  return cards.toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0))
}

/** The vendor that a name or a PCI number stands for. */
export function vendorOf(text: string): GraphicsCard['vendor'] {
  if (/nvidia|geforce|quadro|tesla|0x10de/i.test(text)) return 'NVIDIA'
  if (/\bamd\b|radeon|\bati\b|0x1002/i.test(text)) return 'AMD'
  if (/intel|0x8086/i.test(text)) return 'Intel'
  return 'other'
}
