/** The studio without Electron: the same host and page, opened in a browser on this machine or through a tunnel. */
import { dataDir as usualDataDir } from '../data-dir.ts'
import { type Host, openHost } from '../host/host.ts'
import { pagesDir } from '../installation.ts'
import { openHttpServer } from './http-server.ts'

export interface HeadlessOptions {
  readonly dataDir?: string
  /** 0 = any that is free. */
  readonly port?: number
  readonly address?: string
  /** Folder of the built page. */
  readonly pages?: string
}

export interface Headless {
  readonly host: Host
  /** The address to open, with its token. */
  readonly url: string
  readonly port: number
  /** An address that opens the studio once. */
  admission(): string
  /** Ends all connections, stops what is running and closes the store. */
  close(): Promise<void>
}

/** @throws StudioError `bad-argument` (address, port), `locked` and others as openHost does */
export async function startHeadless(options: HeadlessOptions = {}): Promise<Headless> {
  const { dataDir = usualDataDir(), port = 0, address = '127.0.0.1', pages = pagesDir } = options
  const host = await openHost({ shell: 'headless', dataDir })
  try {
    const server = await openHttpServer({ host, pages, address, port })
    return {
      host,
      url: server.url,
      port: server.port,
      admission: server.admission,
      async close() {
        await server.close()
        await host.close()
      },
    }
  } catch (error) {
    await host.close()
    throw error
  }
}
