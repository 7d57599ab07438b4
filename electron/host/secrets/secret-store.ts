/**
 * Tokens of the person, in one file of the data folder that only this user may read. The desktop application encrypts
 * them with the operating system's keychain. A headless machine has no keychain (and a key beside the file would add
 * nothing), so there they are protected as `~/.netrc` and Hugging Face's own token file are: by the file's mode.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import type { SecretName } from '../../contract/secrets.ts'

/** Encryption with a key that is not in the data folder. */
export interface Cipher {
  encrypt(text: string): Buffer
  /** @throws when the key is another one */
  decrypt(bytes: Buffer): string
}

export interface SecretStore {
  readonly keptIn: 'keychain' | 'private-file'
  /** Whether there is one that can be read here. */
  has(name: SecretName): boolean
  /** For the host's own use; never sent to a window. */
  get(name: SecretName): string | undefined
  set(name: SecretName, value: string): Promise<void>
  delete(name: SecretName): Promise<void>
}

const fileSchema = z.record(
  z.string(),
  z.object({ keptIn: z.enum(['keychain', 'private-file']), value: z.base64() }),
)
type Stored = z.infer<typeof fileSchema>

const plain: Cipher = { encrypt: (text) => Buffer.from(text), decrypt: (bytes) => bytes.toString('utf8') }

/** @param cipher undefined where there is no keychain */
export async function openSecretStore(dataDir: string, cipher: Cipher | undefined): Promise<SecretStore> {
  const path = join(dataDir, 'secrets.json')
  const keptIn = cipher === undefined ? 'private-file' : 'keychain'
  const { encrypt, decrypt } = cipher ?? plain
  let stored = await read(path)

  const write = async (next: Stored) => {
    await writeJsonAtomic(path, next, 0o600)
    stored = next
  }
  const get = (name: SecretName): string | undefined => {
    const entry = stored[name]
    // One that the other shell encrypted cannot be read here: it counts as missing and can be entered again.
    if (entry?.keptIn !== keptIn) return undefined
    try {
      return decrypt(Buffer.from(entry.value, 'base64'))
    } catch {
      return undefined // the keychain's key is a new one: as above
    }
  }
  return {
    keptIn,
    get,
    has: (name) => get(name) !== undefined,
    set: (name, value) => write({ ...stored, [name]: { keptIn, value: encrypt(value).toString('base64') } }),
    async delete(name) {
      const { [name]: removed, ...rest } = stored
      if (removed !== undefined) await write(rest)
    },
  }
}

/** A damaged file counts as none: its secrets are entered again, nothing else is lost. */
async function read(path: string): Promise<Stored> {
  if (!existsSync(path)) return {}
  try {
    return fileSchema.safeParse((await readJsonObject(path)).json).data ?? {}
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-file') return {}
    throw error
  }
}
