/** A user story: a fresh studio with an empty data folder, a person at the window, and the evidence when it fails. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, test } from 'vitest'
import { openStoreForReading, type Store } from '../../electron/store/open-store.ts'
import { closeBrowser, type OpenedShell, shells } from './shells.ts'

export interface Story {
  readonly page: Page
  readonly dataDir: string
  /** `chromium` or `electron`. */
  readonly shell: string
  /** Process id of the host. */
  readonly pid: number
  /** What host and page printed so far. */
  readonly log: readonly string[]
  /** Another window on the same host, where the shell has one. */
  readonly newPage: (() => Promise<Page>) | undefined
  /** Goes to a place by its address, such as `runs/compare?ids=…`. */
  go(path: string): Promise<void>
  /** What is stored right now, read beside the host. */
  stored<T>(read: (store: Store) => T): T
  /** Ends the host and opens the studio again on the same data. */
  restart(): Promise<Story>
}

export interface StoryOptions {
  /** Milliseconds for the whole story. */
  readonly timeout?: number
  /** Environment of the host. */
  readonly environment?: Readonly<Record<string, string>>
  /** Fills the data folder before the studio opens. */
  readonly prepare?: (dataDir: string) => void | Promise<void>
}

const evidence = join(import.meta.dirname, '../../out/e2e')

/** Registers a story in every shell of this machine. An uncaught error in the page fails it, whatever else it saw. */
export function story(name: string, play: (story: Story) => Promise<void>, options: StoryOptions = {}): void {
  for (const shell of shells) {
    test(`${name} [${shell.name}]`, { timeout: options.timeout ?? 300_000 }, async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'peft-studio-story-'))
      let opened: OpenedShell | undefined
      const open = async (): Promise<Story> => {
        opened = await shell.open(dataDir, options.environment ?? {})
        const { page, log, pid, newPage } = opened
        return {
          page,
          dataDir,
          shell: shell.name,
          pid,
          log,
          newPage,
          go: (path) => page.evaluate((hash) => window.location.assign(hash), `#/${path}`),
          stored: (read) => {
            const store = openStoreForReading(dataDir)
            try {
              return read(store)
            } finally {
              store.close()
            }
          },
          async restart() {
            await opened?.close()
            return open()
          },
        }
      }
      try {
        await options.prepare?.(dataDir)
        await play(await open())
        const uncaught = opened?.log.filter((line) => line.startsWith('page: uncaught'))
        if (uncaught?.length) throw new Error(uncaught.join('\n'))
      } catch (error) {
        await keepEvidence(`${name} ${shell.name}`, opened)
        throw error
      } finally {
        await opened?.close()
        rmSync(dataDir, { recursive: true, force: true })
      }
    })
  }
}

afterAll(closeBrowser)

async function keepEvidence(name: string, opened: OpenedShell | undefined): Promise<void> {
  if (opened === undefined) return
  mkdirSync(evidence, { recursive: true })
  const file = join(evidence, name.replace(/[^a-z0-9]+/gi, '-').toLowerCase())
  writeFileSync(`${file}.log`, `${opened.log.join('\n')}\n`)
  await opened.page.screenshot({ path: `${file}.png` }).catch(() => undefined)
  console.error(`Seen at the failure: ${file}.png, ${file}.log`)
}
