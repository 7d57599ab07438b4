/** Graphics cards on Windows, from the registry entries of the display drivers. */
import { type GraphicsCard, vendorOf } from './graphics-cards.ts'
import { outputOf } from './output-of.ts'

const DISPLAY_ADAPTERS =
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}'

export async function windowsCards(): Promise<GraphicsCard[]> {
  return parseRegistry((await outputOf('reg', ['query', DISPLAY_ADAPTERS, '/s'])) ?? '')
}

/** @param text what `reg query … /s` prints: a key, then its values as `name  type  data`, one a line */
export function parseRegistry(text: string): GraphicsCard[] {
  return text.split(/\r?\n(?=HKEY_)/).flatMap((entry) => {
    if (!/^HKEY_.*\\\d{4}\s*$/m.test(entry.split('\n', 1)[0]!)) return []
    const value = (name: string) =>
      new RegExp(`^\\s+${name.replace('.', '\\.')}\\s+REG_\\w+\\s+(.*?)\\s*$`, 'm').exec(entry)?.[1]
    const name = value('DriverDesc')
    // Remote desktops and the system's own fallback compute on the processor.
    if (name === undefined || /microsoft|remote|virtual/i.test(name)) return []
    const [memory, driver] = [value('HardwareInformation.qwMemorySize'), value('DriverVersion')]
    return [
      {
        vendor: vendorOf(name),
        name,
        ...(memory === undefined ? {} : { memoryBytes: Number(memory) }),
        ...(driver === undefined ? {} : { driver }),
      },
    ]
  })
}
