/** Finds shared libraries where the dynamic loader of Linux looks for them, without loading one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const STANDARD = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/lib64',
  '/usr/lib',
  '/lib',
  '/usr/local/lib',
  '/usr/lib/wsl/lib',
]
const CONFIGURED = '/etc/ld.so.conf.d'

/** @returns its path, undefined where there is none */
export function findLibrary(name: string): string | undefined {
  const asked = (process.env.LD_LIBRARY_PATH ?? '').split(delimiter).filter((dir) => dir !== '')
  return [...asked, ...configured(), ...STANDARD]
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path))
}

function configured(): string[] {
  try {
    return readdirSync(CONFIGURED).flatMap((file) =>
      readFileSync(join(CONFIGURED, file), 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.startsWith('/')),
    )
  } catch {
    // Systems without that folder have the standard places only.
    return []
  }
}
