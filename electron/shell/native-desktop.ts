/** Dialogs and the file manager of the desktop, for the host. */
import { BrowserWindow, dialog, type OpenDialogOptions } from 'electron'
import type { Desktop } from '../host/desktop.ts'
import { openExternal, reveal } from './outside.ts'

export const nativeDesktop: Desktop = {
  async pickFolder(title) {
    const [path] = await ask({ title, properties: ['openDirectory', 'createDirectory'] })
    return path
  },
  pickFiles(title, extensions) {
    const filters = extensions.length === 0 ? [] : [{ name: 'Data files', extensions: [...extensions] }]
    const all = { name: 'All files', extensions: ['*'] }
    return ask({ title, properties: ['openFile', 'multiSelections'], filters: [...filters, all] })
  },
  reveal,
  openExternal,
}

/** A sheet of the window that asks, where there is one. */
async function ask(options: OpenDialogOptions): Promise<string[]> {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]
  const answer = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return answer.canceled ? [] : answer.filePaths
}
