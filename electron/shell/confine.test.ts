import { expect, test } from 'vitest'
import { preventable } from './testing/electron-stand-in.ts'
import { type Started, startDesktop } from './testing/start-desktop.ts'

const opened = ({ asked }: Started) =>
  asked.filter(({ what }) => what === 'openExternal').map((it) => it.options)

test('a page goes nowhere: a link to a web site opens in the browser, anything else nowhere', async () => {
  const desktop = await startDesktop()
  const go = (event: string, url: string, rest = {}) => {
    const attempt = preventable({ url, ...rest })
    desktop.window().webContents.emit(event, attempt)
    return attempt.defaultPrevented ? 'refused' : 'allowed'
  }
  expect(go('will-navigate', 'app://studio/#/runs')).toBe('allowed')
  expect(go('will-navigate', 'https://huggingface.co/models')).toBe('refused')
  expect(opened(desktop)).toEqual(['https://huggingface.co/models'])
  for (const url of [
    'file:///etc/passwd',
    'http://huggingface.co/',
    'https://someone:secret@huggingface.co/',
    'app://elsewhere/',
    'app://studio.example/',
    'javascript:alert(1)',
    'vbscript:x',
    'smb://server/share',
    'not a url',
  ]) {
    expect(go('will-navigate', url), url).toBe('refused')
    expect(go('will-redirect', url), url).toBe('refused')
    expect(desktop.window().webContents.openHandler({ url }), url).toEqual({ action: 'deny' })
  }
  expect(opened(desktop)).toHaveLength(1)
  expect(go('will-frame-navigate', 'app://studio/', { isMainFrame: false })).toBe('refused')
  expect(go('will-attach-webview', '')).toBe('refused')
})

test('a new window is never opened, its web page is given to the browser', async () => {
  const desktop = await startDesktop()
  const answer = desktop.window().webContents.openHandler({ url: 'https://arxiv.org/abs/2106.09685' })
  expect(answer).toEqual({ action: 'deny' })
  expect(opened(desktop)).toEqual(['https://arxiv.org/abs/2106.09685'])
  expect(desktop.electron.BrowserWindow.getAllWindows()).toHaveLength(1)
})

test('the only permission is to copy, and only for the studio itself', async () => {
  const { session } = (await startDesktop()).electron
  const ask = (permission: string, requestingUrl: string) => {
    let granted: boolean | undefined
    session.defaultSession.permissionRequest(null, permission, (answer) => (granted = answer), {
      requestingUrl,
    })
    expect(session.defaultSession.permissionCheck(null, permission, requestingUrl)).toBe(granted)
    return granted
  }
  expect(ask('clipboard-sanitized-write', 'app://studio/')).toBe(true)
  expect(ask('clipboard-sanitized-write', 'https://example.org/')).toBe(false)
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'hid',
  ]) {
    expect(ask(permission, 'app://studio/'), permission).toBe(false)
  }
  expect(session.defaultSession.devicePermission()).toBe(false)
})

test('a page reaches neither the network nor files', async () => {
  const { session } = (await startDesktop()).electron
  const reaches = (url: string) => {
    let verdict = { cancel: false }
    session.defaultSession.beforeRequest({ url }, (answer) => (verdict = answer))
    return !verdict.cancel
  }
  expect(['app://studio/main.js', 'blob:app://studio/1', 'data:text/plain,x'].map(reaches)).toEqual([
    true,
    true,
    true,
  ])
  expect(
    ['https://example.org/', 'http://127.0.0.1:1/', 'ws://127.0.0.1/', 'file:///etc/passwd'].some(reaches),
  ).toBe(false)
})

test('only what the studio offers can be downloaded', async () => {
  const { session } = (await startDesktop()).electron
  const download = (url: string) => {
    const attempt = preventable()
    session.defaultSession.emit('will-download', attempt, { getURL: () => url })
    return !attempt.defaultPrevented
  }
  expect(download('app://studio/download/1')).toBe(true)
  expect(download('blob:app://studio/8f2')).toBe(true)
  expect(download('https://example.org/setup.exe')).toBe(false)
  expect(download('blob:https://example.org/8f2')).toBe(false)
})
