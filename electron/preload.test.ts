import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { contextBridge, ipcRenderer } from './shell/testing/electron-stand-in.ts'

vi.mock('electron', () => import('./shell/testing/electron-stand-in.ts'))

/** The page's window: messages to itself. */
class PageWindow extends EventTarget {
  readonly location = { origin: 'app://studio' }
  readonly posted: { message: unknown; origin: string; ports: readonly MessagePort[] }[] = []
  postMessage(message: unknown, origin: string, ports: readonly MessagePort[]): void {
    this.posted.push({ message, origin, ports })
  }
  hears(data: unknown, source: unknown = this): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data, source }))
  }
}

test('the page asks for a port and gets one end of a channel, the application the other', async () => {
  const page = new PageWindow()
  vi.stubGlobal('window', page)
  const preload = './preload.ts'
  await import(preload)
  page.hears('studio:connect', {})
  page.hears('something else')
  expect(ipcRenderer.posted).toEqual([])
  page.hears('studio:connect')
  expect(ipcRenderer.posted).toMatchObject([{ channel: 'studio:connect', ports: [expect.anything()] }])
  expect(page.posted).toMatchObject([{ message: 'studio:port', origin: 'app://studio' }])
  const [atMain] = ipcRenderer.posted[0]?.ports ?? []
  const [atPage] = page.posted[0]?.ports ?? []
  if (atMain === undefined || atPage === undefined) throw new Error('A port is missing.')
  const heard = once(atPage, 'message')
  atPage.start()
  atMain.postMessage('hello')
  expect((await heard)[0]).toBe('hello')
  atMain.close()

  expect([...contextBridge.exposed.keys()]).toEqual(['studio'])
  const bridge = contextBridge.exposed.get('studio') as { pathOf(file: object): string }
  expect(Object.keys(bridge)).toEqual(['pathOf'])
  expect(bridge.pathOf({ name: 'rows.csv' })).toBe('/home/me/rows.csv')
  page.hears('studio:connect')
  expect(ipcRenderer.posted).toHaveLength(2)
  for (const { ports } of [...ipcRenderer.posted, ...page.posted]) for (const port of ports) port.close()
})

test('it stays about twenty lines', async () => {
  const source = await readFile(join(import.meta.dirname, 'preload.ts'), 'utf8')
  expect(source.trim().split('\n').length).toBeLessThanOrEqual(22)
})
