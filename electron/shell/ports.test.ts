import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectPage } from './testing/page-port.ts'
import { startDesktop } from './testing/start-desktop.ts'

test('a page calls the host over its port, and failures keep cause and remedy', async () => {
  const { electron, dataDir } = await startDesktop()
  const { client } = connectPage(electron)
  expect(await client.system.info()).toMatchObject({ shell: 'electron', dataDir })
  await expect(client.jobs.cancel({ id: 'none' })).rejects.toMatchObject({
    data: { code: 'not-found', message: 'There is no job "none".', hint: expect.any(String) },
  })
})

test('a reloaded page gets a port of its own; the old one ends, and its streams with it', async () => {
  const { electron } = await startDesktop()
  const before = connectPage(electron)
  const stream = await before.client.system.changes()
  const first = stream.next()
  await before.client.system.changeSettings({ theme: 'dark' })
  expect((await first).value).toEqual({ topic: 'settings', id: null })
  before.leave()
  if (!before.main.closed) await once(before.main, 'close')
  const after = connectPage(electron)
  expect((await after.client.system.settings()).theme).toBe('dark')
  expect(electron.nativeTheme.themeSource).toBe('dark')
})

test.each([
  ['a page of another site', { url: 'https://example.org/', parent: null }],
  ['a frame inside the page', { url: 'app://studio/', parent: {} }],
  ['a page that has gone', null],
])('%s gets no port', async (_who, senderFrame) => {
  const { electron } = await startDesktop()
  const { main } = connectPage(electron, senderFrame)
  if (!main.closed) await once(main, 'close')
  expect(main.listenerCount('message')).toBe(0)
})

test('what the desktop can do, the page can ask for', async () => {
  const { electron, dataDir, asked } = await startDesktop()
  const { client } = connectPage(electron)
  expect(await client.shell.features()).toEqual({
    pickFolder: true,
    pickFiles: true,
    reveal: true,
    openExternal: true,
    listFolder: false,
  })
  expect(await client.shell.pickFolder({ title: 'Model folder' })).toBeNull()
  electron.dialog.files = ['/models/smol']
  expect(await client.shell.pickFolder({ title: 'Model folder' })).toBe('/models/smol')
  expect(await client.shell.pickFiles({ title: 'Rows', extensions: ['csv'] })).toEqual(['/models/smol'])
  expect(asked.at(-1)).toMatchObject({
    what: 'open',
    options: { filters: [{ extensions: ['csv'] }, { extensions: ['*'] }] },
  })
  await client.shell.reveal({ path: dataDir })
  await client.shell.openExternal({ url: 'https://huggingface.co' })
  expect(asked.slice(-2)).toEqual([
    { what: 'reveal', options: dataDir },
    { what: 'openExternal', options: 'https://huggingface.co/' },
  ])
  await expect(client.shell.openExternal({ url: 'file:///bin/sh' })).rejects.toMatchObject({
    data: { code: 'bad-argument' },
  })
  await expect(client.shell.listFolder({ path: '/' })).rejects.toMatchObject({
    data: { code: 'unsupported' },
  })
})

test('a token is encrypted by the keychain before it is stored, and never comes back', async () => {
  const { electron, dataDir } = await startDesktop()
  const { client } = connectPage(electron)
  expect(await client.secrets.keptIn()).toBe('keychain')
  await client.secrets.set({ name: 'hugging-face', value: 'hf_secret' })
  expect(await client.secrets.has({ name: 'hugging-face' })).toBe(true)
  const stored = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8'))
  const bytes = Buffer.from(stored['hugging-face'].value, 'base64')
  expect(bytes.toString()).not.toContain('hf_secret')
  expect(electron.safeStorage.decryptString(bytes)).toBe('hf_secret')
})

test.runIf(process.platform === 'linux')('Linux without a wallet has no keychain', async () => {
  const { electron } = await startDesktop((stand) => {
    stand.safeStorage.backend = 'basic_text'
  })
  expect(await connectPage(electron).client.secrets.keptIn()).toBe('private-file')
})
