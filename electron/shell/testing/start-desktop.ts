/** Starts electron/main.ts as the system would, with the stand-in in place of Electron. */
import { onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../store/testing/folders.ts'

export type StandIn = typeof import('./electron-stand-in.ts')

export interface Started {
  readonly electron: StandIn
  readonly dataDir: string
  /** What the person or the system was asked for. */
  readonly asked: readonly { readonly what: string; readonly options: unknown }[]
  /** The one window. */
  window(): InstanceType<StandIn['BrowserWindow']>
}

/** @param prepare what is so before the application starts */
export async function startDesktop(
  prepare: (electron: StandIn) => void = () => {},
  dataDir = temporaryFolder(),
): Promise<Started> {
  vi.resetModules()
  vi.doMock('electron', () => import('./electron-stand-in.ts'))
  vi.stubEnv('PEFT_STUDIO_DATA', dataDir)
  keepProcessAsItIs()
  const electron = await import('./electron-stand-in.ts')
  const { asked } = await import('./stand-in-record.ts')
  prepare(electron)
  await import('../../main.ts')
  electron.app.becomeReady()
  await vi.waitUntil(
    () => electron.app.exitCode !== undefined || electron.BrowserWindow.getAllWindows().length > 0,
    { timeout: 60_000 },
  )
  onTestFinished(async () => {
    electron.dialog.answers = [1]
    electron.app.quit()
    await vi.waitUntil(() => electron.app.exitCode !== undefined, { timeout: 20_000 })
  })
  const window = () => {
    const [open] = electron.BrowserWindow.getAllWindows()
    if (open === undefined) throw new Error('No window is open.')
    return open
  }
  return { electron, dataDir, asked, window }
}

/** The application takes over the console and hears of failures nobody waited for; a test gives that back. */
function keepProcessAsItIs(): void {
  const { warn, error } = console
  const events = ['unhandledRejection', 'uncaughtExceptionMonitor'] as const
  const before = events.map((event) => process.listeners(event as 'unhandledRejection'))
  onTestFinished(() => {
    Object.assign(console, { warn, error })
    events.forEach((event, index) => {
      process.removeAllListeners(event)
      for (const listener of before[index] ?? []) process.on(event as 'unhandledRejection', listener)
    })
    vi.unstubAllEnvs()
  })
}
