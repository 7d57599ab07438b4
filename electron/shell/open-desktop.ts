/** Opens the host and everything of the desktop around it. */
import { app, dialog } from 'electron'
import { messageOf, StudioError } from '../../engine/errors.ts'
import { openHost } from '../host/host.ts'
import { pagesDir } from '../installation.ts'
import { answersTo } from '../serve/answer-request.ts'
import { serveApp } from './app-origin.ts'
import { keychain } from './keychain.ts'
import { setMenu } from './menu.ts'
import { nativeDesktop } from './native-desktop.ts'
import { offerPorts } from './ports.ts'
import { showRuns } from './presence.ts'
import { askBeforeRunsStop, closeHostOnQuit } from './quit.ts'
import { followTheme } from './theme.ts'
import { utilityTrainer } from './utility-trainer.ts'
import { showWindow } from './window.ts'

/** After the application is ready. @throws StudioError as openHost does */
export async function openDesktop(dataDir: string): Promise<void> {
  const cipher = keychain()
  const host = await openHost({
    shell: 'electron',
    dataDir,
    desktop: nativeDesktop,
    spawnTrainer: utilityTrainer,
    ...(cipher === undefined ? {} : { cipher }),
  })
  const following = new AbortController()
  const endShowing = showRuns(host)
  closeHostOnQuit(host, () => {
    following.abort()
    endShowing()
  })
  serveApp(answersTo({ host, pages: pagesDir }))
  offerPorts(host)
  setMenu(dataDir)
  app.on('browser-window-created', (_event, window) => askBeforeRunsStop(window, host))
  app.on('second-instance', () => void showWindow(dataDir))
  app.on('activate', () => void showWindow(dataDir))
  void followTheme(host, following.signal)
  showWindow(dataDir)
}

/** The folder is in use, the disk is full: said in a dialog, since there is no window to say it in. */
export function refuseToStart(error: unknown): void {
  console.error(error)
  const hint = error instanceof StudioError ? error.hint : 'Please report this with the log.'
  dialog.showErrorBox('PEFT Studio cannot start', `${messageOf(error)}\n\n${hint}`)
  app.exit(1)
}
