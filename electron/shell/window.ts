/** The studio's window: what its page may do, and where it opens. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import { iconFile, preloadFile } from '../installation.ts'
import { pageUrl } from './app-origin.ts'
import { boundsFor, smallest, storedWindowState } from './window-state.ts'

/** While the page is not drawn yet: its own `--bg` (renderer/styles/tokens.css). */
export const background = { light: '#f5f5f6', dark: '#141517' }

/** Opens the window, or brings the open one to the front. */
export function showWindow(dataDir: string): BrowserWindow {
  const [open] = BrowserWindow.getAllWindows()
  if (open === undefined) return openWindow(join(dataDir, 'window.json'))
  if (open.isMinimized()) open.restore()
  open.show()
  open.focus()
  return open
}

function openWindow(stateFile: string): BrowserWindow {
  const state = storedWindowState(stateFile)
  const others = screen.getAllDisplays().map(({ workArea }) => workArea)
  const window = new BrowserWindow({
    ...boundsFor(state, [screen.getPrimaryDisplay().workArea, ...others]),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'PEFT Studio',
    icon: iconFile,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // Chromium would fetch its dictionaries from the network.
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  })
  if (state?.maximized) window.maximize()
  if (state?.fullScreen) window.setFullScreen(true)
  window.once('ready-to-show', () => window.show())
  window.on('close', () => storeWindowState(window, stateFile))
  void window.loadURL(pageUrl)
  return window
}

function storeWindowState(window: BrowserWindow, file: string): void {
  const state = {
    bounds: window.getNormalBounds(),
    maximized: window.isMaximized(),
    fullScreen: window.isFullScreen(),
  }
  try {
    writeFileSync(file, JSON.stringify(state))
  } catch (error) {
    // A full disk must not keep the window from closing.
    console.warn(`The place of the window was not stored in ${file}.`, error)
  }
}
