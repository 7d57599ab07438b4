import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStudio, visit } from '../../serve/testing/visitor.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { type Cipher, openSecretStore } from './secret-store.ts'

const name = 'hugging-face'

/** Stands for a keychain with its own key. */
const keychain = (key: number): Cipher => ({
  encrypt: (text) => Buffer.from([key, ...Buffer.from(text).map((byte) => byte ^ key)]),
  decrypt: (bytes) => {
    if (bytes[0] !== key) throw new Error('another key')
    return Buffer.from(bytes.subarray(1).map((byte) => byte ^ key)).toString('utf8')
  },
})

test('a token is there after a restart, in a file only this user may read', async () => {
  const dataDir = temporaryFolder()
  const secrets = await openSecretStore(dataDir, undefined)
  expect(secrets.has(name)).toBe(false)
  await secrets.set(name, 'hf_secret')
  const again = await openSecretStore(dataDir, undefined)
  expect([again.has(name), again.get(name), again.keptIn]).toEqual([true, 'hf_secret', 'private-file'])
  const { mode } = await stat(join(dataDir, 'secrets.json'))
  if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600)
  await again.delete(name)
  await again.delete(name)
  expect((await openSecretStore(dataDir, undefined)).has(name)).toBe(false)
  expect(await readFile(join(dataDir, 'secrets.json'), 'utf8')).not.toContain('hf_')
})

test('with a keychain the file holds nothing readable, and another key counts as no token', async () => {
  const dataDir = temporaryFolder()
  await (await openSecretStore(dataDir, keychain(7))).set(name, 'hf_secret')
  const file = await readFile(join(dataDir, 'secrets.json'), 'utf8')
  expect(Buffer.from(JSON.parse(file)[name].value, 'base64').toString()).not.toContain('hf_secret')
  expect((await openSecretStore(dataDir, keychain(7))).get(name)).toBe('hf_secret')
  expect((await openSecretStore(dataDir, keychain(9))).has(name)).toBe(false)
  // The headless studio on the same folder cannot read it either, and says that there is none.
  expect((await openSecretStore(dataDir, undefined)).has(name)).toBe(false)
})

test.each(['', '{', '[]', '{"hugging-face": "plain"}', '{"hugging-face": {"keptIn": "x", "value": "eA=="}}'])(
  'a damaged file (%s) counts as none and is replaced',
  async (content) => {
    const dataDir = temporaryFolder()
    await writeFile(join(dataDir, 'secrets.json'), content)
    const secrets = await openSecretStore(dataDir, undefined)
    expect(secrets.has(name)).toBe(false)
    await secrets.set(name, 'hf_new')
    expect((await openSecretStore(dataDir, undefined)).get(name)).toBe('hf_new')
  },
)

test('a page can set and remove a token, but never read it', async () => {
  const { client } = await visit(await openStudio())
  expect(await client.secrets.keptIn()).toBe('private-file')
  await client.secrets.set({ name, value: '  hf_secret\n' })
  expect(await client.secrets.has({ name })).toBe(true)
  expect(Object.keys((await import('../../contract/secrets.ts')).secretsContract)).not.toContain('get')
  await expect(client.secrets.set({ name, value: '  ' })).rejects.toMatchObject({
    data: { code: 'bad-argument' },
  })
  await client.secrets.delete({ name })
  expect(await client.secrets.has({ name })).toBe(false)
})
