/** Opens a device in a process of its own and computes a small product, to see that what was installed works. */
import { join } from 'node:path'
import { run } from './run.ts'

/** @returns a sentence about what works @throws StudioError with what the library said */
export async function tryDevice(id: string, addons: string): Promise<string> {
  const printed = await run(process.execPath, [join(import.meta.dirname, 'try-device-program.ts'), id], {
    env: { PEFT_STUDIO_ADDONS: addons, TF_CPP_MIN_LOG_LEVEL: '2' },
    purpose: `use the device ${id}`,
    hint: 'Run the script again; if it stays so, please report what it printed.',
  })
  return printed.trim().split('\n').at(-1)!
}
