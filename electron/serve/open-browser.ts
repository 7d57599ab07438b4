/** Opens the studio in the person's browser, where there is a desktop to open one on. */
import { spawn } from 'node:child_process'
import { hasDisplay } from './has-display.ts'

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
}

/** @param url other users of this machine can read it in the list of processes: good for one use only */
export function openBrowser(url: string): void {
  const [command, ...args] = openers[process.platform] ?? []
  if (command === undefined || !hasDisplay()) return
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  // Without a browser the printed address remains.
  child.on('error', () => {})
  child.unref()
}
