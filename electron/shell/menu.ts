/** The application menu: the platform's own items, and what belongs to the application rather than to its page. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron'
import { logFile } from '../host/log-file.ts'
import { pageUrl } from './app-origin.ts'
import { reveal } from './outside.ts'
import { showWindow } from './window.ts'

/** The page's places that people look for in a menu; the page itself has the rest, and its own shortcuts. */
const settings = { label: 'Settings…', accelerator: 'CmdOrCtrl+,', place: '#/settings' }

export function setMenu(dataDir: string): void {
  const isMac = process.platform === 'darwin'
  const openSettings: MenuItemConstructorOptions = {
    label: settings.label,
    accelerator: settings.accelerator,
    click: () => void showWindow(dataDir).loadURL(pageUrl + settings.place),
  }
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [macApplicationMenu(openSettings)] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Open Window', accelerator: 'CmdOrCtrl+Shift+N', click: () => void showWindow(dataDir) },
        { label: 'Show Data Folder', click: () => reveal(dataDir) },
        { type: 'separator' },
        ...(isMac
          ? [{ role: 'close' } as const]
          : [openSettings, { type: 'separator' } as const, { role: 'quit' } as const]),
      ],
    },
    { role: 'editMenu' },
    { label: '&View', submenu: viewItems() },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ label: 'Show Log File', click: () => reveal(logFile(dataDir)) }] },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function macApplicationMenu(openSettings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    label: app.name,
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      openSettings,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  }
}

function viewItems(): MenuItemConstructorOptions[] {
  const developer: MenuItemConstructorOptions[] = app.isPackaged ? [] : [{ role: 'toggleDevTools' }]
  return [
    { role: 'reload' },
    ...developer,
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
}
