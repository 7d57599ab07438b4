import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Upload } from '../host/uploads.ts'
import { openStore } from '../store/open-store.ts'
import { temporaryFolder } from '../store/testing/folders.ts'
import { startDesktop } from './testing/start-desktop.ts'

test('the window is sandboxed, isolated and without Node', async () => {
  const { electron, window } = await startDesktop()
  expect(electron.app.sandboxEnforced).toBe(true)
  expect(window().options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    spellcheck: false,
    preload: expect.stringMatching(/out.preload.preload\.cjs$/),
  })
  expect(window().options).toMatchObject({ minWidth: 1024, minHeight: 700, show: false })
  expect(window().webContents.loaded).toEqual(['app://studio/'])
  await vi.waitUntil(() => window().shown)
})

test('notifications carry the name the installer gives the application', async () => {
  const { electron } = await startDesktop()
  const builder = await readFile(join(import.meta.dirname, '../../electron-builder.yml'), 'utf8')
  expect(electron.app.appUserModelId).toBe(/^appId: (.*)$/m.exec(builder)?.[1])
})

test('the background before the page is drawn is the page’s own', async () => {
  const { background } = await import('./window.ts')
  const tokens = await readFile(join(import.meta.dirname, '../../renderer/styles/tokens.css'), 'utf8')
  expect([...tokens.matchAll(/--bg: (#\w+)/g)].map(([, colour]) => colour)).toEqual([
    background.light,
    background.dark,
  ])
})

test('app:// is a secure origin, answers with a strict policy and gives nothing outside the page', async () => {
  const { electron, dataDir } = await startDesktop()
  expect(electron.protocol.schemes).toEqual([
    { scheme: 'app', privileges: expect.objectContaining({ standard: true, secure: true }) },
  ])
  const get = async (url: string) => electron.protocol.handlers.get('app')?.(new Request(url))
  const page = await get('app://studio/')
  // Without a build there is no page; its headers are the same.
  expect(page?.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /)
  expect(page?.headers.get('content-security-policy')).not.toContain("script-src 'self' 'unsafe")
  expect(page?.headers.get('x-content-type-options')).toBe('nosniff')
  await writeFile(join(dataDir, 'window.html'), 'secret')
  for (const path of [
    `${dataDir}/window.html`,
    '/../../../../../../../../etc/passwd',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
    '/..\\..\\package.json',
    '/assets/../../package.json',
    '/.vite/manifest.json',
  ]) {
    expect((await get(`app://studio${path}`))?.status, path).toBe(404)
  }
  expect((await get('app://elsewhere/'))?.status).toBe(404)
})

test('files go in and out of app:// as they do over HTTP', async () => {
  const { electron, dataDir } = await startDesktop()
  const handler = electron.protocol.handlers.get('app')
  const body = 'prompt,completion\na,b\n'
  const sent = await handler?.(new Request('app://studio/upload?name=rows.csv', { method: 'POST', body }))
  const answer: unknown = await sent?.json()
  expect(answer).toMatchObject({
    bytes: body.length,
    path: expect.stringContaining(join(dataDir, 'uploads')),
  })
  expect(await readFile((answer as Upload).path, 'utf8')).toBe(body)
})

test('a second start ends at once, and brings the window of the first to the front', async () => {
  const second = await startDesktop((electron) => {
    electron.app.isFirst = false
  })
  expect(second.electron.app.exitCode).toBe(0)
  expect(second.electron.BrowserWindow.getAllWindows()).toEqual([])
  expect(existsSync(join(second.dataDir, 'studio.db'))).toBe(false)

  const first = await startDesktop()
  expect(first.electron.app.paths.get('userData')).toBe(`${first.dataDir}/desktop`)
  first.window().minimized = true
  first.electron.app.emit('second-instance')
  expect(first.window().minimized).toBe(false)
  expect(first.electron.BrowserWindow.focused).toBe(first.window())
  expect(first.electron.BrowserWindow.getAllWindows()).toHaveLength(1)
})

test('a folder that another studio uses is said in a dialog', async () => {
  const folder = temporaryFolder()
  const store = openStore(folder)
  try {
    const { electron, asked } = await startDesktop(() => {}, folder)
    expect(electron.app.exitCode).toBe(1)
    expect(asked).toMatchObject([
      {
        what: 'error',
        options: { content: expect.stringMatching(/in use by process[\s\S]*Close the other/) },
      },
    ])
  } finally {
    store.close()
  }
})

test('the window opens where it was, unless that is off the screens', async () => {
  const folder = temporaryFolder()
  const first = await startDesktop(() => {}, folder)
  first.window().bounds = { x: 100, y: 120, width: 1200, height: 800 }
  first.window().maximized = true
  first.window().close()
  await vi.waitUntil(() => first.electron.app.exitCode !== undefined, { timeout: 10_000 })
  expect(first.electron.app.exitCode).toBe(0)

  const again = await startDesktop(() => {}, folder)
  expect(again.window().options).toMatchObject({ x: 100, y: 120, width: 1200, height: 800 })
  expect(again.window().maximized).toBe(true)
  again.electron.app.quit()
  await vi.waitUntil(() => again.electron.app.exitCode !== undefined, { timeout: 10_000 })

  const unplugged = await startDesktop((electron) => {
    electron.screen.displays = [{ workArea: { x: 3000, y: 0, width: 1280, height: 720 } }]
  }, folder)
  expect(unplugged.window().options).toMatchObject({ x: 3000, y: 0, width: 1280, height: 720 })
})

test('a page that dies can be opened again; nobody asks when it ends in order', async () => {
  const { electron, window, asked } = await startDesktop()
  const { webContents } = window()
  webContents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 })
  expect(asked).toEqual([])
  electron.dialog.answers = [0]
  webContents.crashed = true
  webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
  await vi.waitUntil(() => webContents.reloads === 1)
  expect(asked).toMatchObject([
    { what: 'message', options: { detail: expect.stringContaining('Nothing is lost') } },
  ])
})

test('a failure that nobody waited for is in the log', async () => {
  const { dataDir } = await startDesktop()
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  process.emit('unhandledRejection', new Error('lost in the dark'), Promise.resolve())
  quiet.mockRestore()
  expect(await readFile(join(dataDir, 'logs/studio.log'), 'utf8')).toMatch(/error .*lost in the dark/)
})

test('the menu has the platform’s items, and no developer tools in a packaged application', async () => {
  const { electron, window, asked, dataDir } = await startDesktop((stand) => {
    stand.app.isPackaged = true
  })
  const flat = electron.Menu.template.flatMap(({ submenu = [], ...item }) => [item, ...submenu])
  expect(flat.map(({ role }) => role)).toEqual(
    expect.arrayContaining(['editMenu', 'reload', 'zoomIn', 'togglefullscreen', 'quit']),
  )
  expect(flat.some(({ role }) => role === 'toggleDevTools')).toBe(false)
  flat.find(({ label }) => label === 'Settings…')?.click?.()
  expect(window().webContents.loaded.at(-1)).toBe('app://studio/#/settings')
  flat.find(({ label }) => label === 'Show Log File')?.click?.()
  expect(asked).toEqual([{ what: 'reveal', options: join(dataDir, 'logs', 'studio.log') }])
})
