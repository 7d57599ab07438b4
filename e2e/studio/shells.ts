/** The shells a story can run in on this machine: the headless host in a browser always, Electron where its binary is. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { _electron, type Browser, chromium, type Page } from 'playwright-core'

const root = join(import.meta.dirname, '../..')

export interface OpenedShell {
  readonly page: Page
  /** What the host and the page printed. */
  readonly log: readonly string[]
  /** Process id of the host. */
  readonly pid: number
  /** A second window on the same host; only a browser has one. */
  newPage?(): Promise<Page>
  close(): Promise<void>
}

export interface Shell {
  readonly name: 'chromium' | 'electron'
  open(dataDir: string, environment: Readonly<Record<string, string>>): Promise<OpenedShell>
}

export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Promise<Browser> | undefined

/** One browser for all stories of a file; every story has a context of its own. */
function sharedBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: chromiumFlags,
  })
  return browser
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

const inChromium: Shell = {
  name: 'chromium',
  async open(dataDir, environment) {
    const log: string[] = []
    const host = spawn(
      process.execPath,
      [join(root, 'electron/headless.ts'), '--port', '0', '--data-dir', dataDir],
      { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const ended = new Promise<void>((resolve) => host.once('exit', () => resolve()))
    const address = new Promise<string>((resolve, reject) => {
      for (const stream of [host.stdout, host.stderr])
        createInterface({ input: stream }).on('line', (line) => {
          log.push(`host: ${line}`)
          if (line.startsWith('http://')) resolve(line.trim())
        })
      host.once('exit', (code) => reject(new Error(`The host ended (${code}):\n${log.join('\n')}`)))
    })
    const url = await address
    const context = await (await sharedBrowser()).newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const open = async () => {
      const page = await context.newPage()
      listen(page, log)
      await page.goto(url)
      return page
    }
    return {
      page: await open(),
      log,
      pid: host.pid ?? -1,
      newPage: open,
      async close() {
        await context.close()
        host.kill('SIGTERM')
        await ended
      },
    }
  },
}

const inElectron: Shell = {
  name: 'electron',
  async open(dataDir, environment) {
    const log: string[] = []
    const app = await _electron.launch({
      executablePath: electronBinary() ?? '',
      args: [join(root, 'out/main/main.js'), '--no-sandbox'],
      env: { ...(process.env as Record<string, string>), ...environment, PEFT_STUDIO_DATA: dataDir },
    })
    app.process().stderr?.on('data', (text) => log.push(`host: ${text}`))
    const page = await app.firstWindow()
    listen(page, log)
    return { page, log, pid: app.process().pid ?? -1, close: () => app.close() }
  },
}

/** Electron's executable, where it has been fetched. */
export function electronBinary(): string | undefined {
  const folder = join(root, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(dirname(pathFile), 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

function listen(page: Page, log: string[]): void {
  page.on('console', (message) => log.push(`page: ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => log.push(`page: uncaught: ${error.stack ?? error.message}`))
}

/** Every shell that this machine has. */
export const shells: readonly Shell[] =
  electronBinary() === undefined ? [inChromium] : [inChromium, inElectron]
