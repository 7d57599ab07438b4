/** An orderly end: runs are left so that they can be resumed, the store is closed, then the application quits. */
import { app, type BrowserWindow, dialog } from 'electron'
import type { Host } from '../host/host.ts'

/** @param stopFollowing ends what follows the host */
export function closeHostOnQuit(host: Host, stopFollowing: () => void): void {
  let state: 'open' | 'closing' | 'closed' = 'open'
  app.on('will-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    stopFollowing()
    host
      .close()
      .catch((error: unknown) => console.error('The studio did not close in order.', error))
      .finally(() => {
        state = 'closed'
        app.quit()
      })
  })
  // On macOS applications stay without a window; a run goes on there.
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
}

/** Closing the window ends the application (but on macOS): with a run going on, that is asked first. */
export function askBeforeRunsStop(window: BrowserWindow, host: Host): void {
  window.on('close', (event) => {
    const [run] = host.store.runs.unfinished()
    if (run === undefined || process.platform === 'darwin') return
    const answer = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: `${run.name} is still training.`,
      detail: 'It can be resumed from where it is when the studio is opened again.',
      buttons: ['Keep Training', 'Quit'],
      defaultId: 0,
      cancelId: 0,
    })
    if (answer === 0) event.preventDefault()
  })
}
