/** What the desktop shows of a run that is going on: progress in the dock, no sleep meanwhile, a word at its end. */
import { BrowserWindow, Notification, powerSaveBlocker } from 'electron'
import type { Activity } from '../contract/runs.ts'
import type { Host } from '../host/host.ts'
import type { Run } from '../store/run-record.ts'
import { showWindow } from './window.ts'

type Active = Activity['active']

/** @returns ends it, and what it shows */
export function showRuns({ activity, dataDir }: Pick<Host, 'activity' | 'dataDir'>): () => void {
  const wakefulness = new Wakefulness()
  const show = (active: Active) => {
    showProgress(active)
    wakefulness.keep(active !== null && active.state !== 'paused')
  }
  const endFollowing = activity.subscribe(({ active }) => show(active))
  const endTelling = activity.onEnded((run) => tellEnd(run, dataDir))
  return () => {
    endFollowing()
    endTelling()
    show(null)
  }
}

/** The machine may turn its screen off, but not fall asleep in the middle of a run. */
class Wakefulness {
  #blocker: number | undefined

  keep(awake: boolean): void {
    if (awake) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker)
      this.#blocker = undefined
    }
  }
}

function showProgress(active: Active): void {
  for (const window of BrowserWindow.getAllWindows()) {
    if (active === null) window.setProgressBar(-1)
    // A share above 1 shows that something is going on whose end is unknown.
    else
      window.setProgressBar(active.fraction ?? 2, { mode: active.state === 'paused' ? 'paused' : 'normal' })
  }
}

/** Who looks at the window sees it there. */
function tellEnd({ name, ending }: Run, dataDir: string): void {
  if (!Notification.isSupported() || BrowserWindow.getFocusedWindow() !== null) return
  const notification = new Notification({ title: name, body: ending?.message ?? 'The run has ended.' })
  notification.on('click', () => void showWindow(dataDir))
  notification.show()
}
