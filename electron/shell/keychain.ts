/** The operating system's keychain for secrets, where there is one. */
import { safeStorage } from 'electron'
import type { Cipher } from '../host/secrets/secret-store.ts'

/** @returns undefined without a keychain, or with one whose key is written in the program (Linux without a wallet) */
export function keychain(): Cipher | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text')
    return undefined
  return {
    encrypt: (text) => safeStorage.encryptString(text),
    decrypt: (bytes) => safeStorage.decryptString(bytes),
  }
}
