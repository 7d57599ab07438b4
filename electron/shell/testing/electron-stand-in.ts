/**
 * Stands in for the `electron` module where its binary is absent: records what the shell asks for, and lets a test say
 * what the person, the page or the system does. What can be real is: message ports, requests, trainer processes.
 */
import { EventEmitter } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import { StandInContents } from './stand-in-contents.ts'
import { asked } from './stand-in-record.ts'
import { StandInUtilityProcess } from './stand-in-utility-process.ts'

class StandInApp extends EventEmitter {
  readonly name = 'PEFT Studio'
  isPackaged = false
  sandboxEnforced = false
  isFirst = true
  readonly paths = new Map<string, string>()
  exitCode: number | undefined
  #ready = Promise.withResolvers<void>()

  whenReady = (): Promise<void> => this.#ready.promise
  /** The test's word that the system has started the application. */
  becomeReady = (): void => this.#ready.resolve()
  enableSandbox = (): void => {
    this.sandboxEnforced = true
  }
  requestSingleInstanceLock = (): boolean => this.isFirst
  appUserModelId = ''
  setAppUserModelId = (id: string): void => {
    this.appUserModelId = id
  }
  setPath = (name: string, path: string): unknown => this.paths.set(name, path)
  exit = (code = 0): void => {
    this.exitCode ??= code
  }

  /** As Electron does: windows are closed (which each may refuse), then `will-quit` (which may be prevented). */
  quit = (): void => {
    for (const window of BrowserWindow.getAllWindows()) {
      window.close()
      if (!window.isDestroyed()) return
    }
    const event = preventable()
    this.emit('will-quit', event)
    if (!event.defaultPrevented) this.exit(0)
  }
}
export const app = new StandInApp()

export function preventable<T extends object>(rest?: T) {
  const event = {
    ...rest,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true
    },
  }
  return event
}

export class BrowserWindow extends EventEmitter {
  static readonly #all = new Set<BrowserWindow>()
  static focused: BrowserWindow | null = null
  readonly options: Readonly<Record<string, unknown>>
  readonly webContents: StandInContents
  shown = false
  minimized = false
  maximized = false
  fullScreen = false
  progress: { value: number; mode: string | undefined } = { value: -1, mode: undefined }
  bounds: { x: number; y: number; width: number; height: number }

  constructor(options: { x: number; y: number; width: number; height: number }) {
    super()
    this.options = { ...options }
    const { x, y, width, height } = options
    this.bounds = { x, y, width, height }
    this.webContents = new StandInContents(this)
    BrowserWindow.#all.add(this)
    app.emit('web-contents-created', {}, this.webContents)
    app.emit('browser-window-created', {}, this)
  }

  static getAllWindows = (): BrowserWindow[] => [...BrowserWindow.#all]
  static getFocusedWindow = (): BrowserWindow | null => BrowserWindow.focused
  static fromWebContents = (contents: StandInContents): BrowserWindow | null =>
    BrowserWindow.getAllWindows().find((window) => window.webContents === contents) ?? null

  loadURL = (url: string): Promise<void> => this.webContents.loadURL(url)
  show = (): void => {
    this.shown = true
  }
  focus = (): void => {
    BrowserWindow.focused = this
  }
  restore = (): void => {
    this.minimized = false
  }
  maximize = (): void => {
    this.maximized = true
  }
  setFullScreen = (on: boolean): void => {
    this.fullScreen = on
  }
  isMinimized = (): boolean => this.minimized
  isMaximized = (): boolean => this.maximized
  isFullScreen = (): boolean => this.fullScreen
  isDestroyed = (): boolean => !BrowserWindow.#all.has(this)
  getNormalBounds = () => this.bounds
  setProgressBar = (value: number, options?: { mode: string }): void => {
    this.progress = { value, mode: options?.mode }
  }

  close = (): void => {
    const event = preventable()
    this.emit('close', event)
    if (event.defaultPrevented) return
    BrowserWindow.#all.delete(this)
    if (BrowserWindow.focused === this) BrowserWindow.focused = null
    this.emit('closed')
    if (BrowserWindow.#all.size === 0) app.emit('window-all-closed')
  }
}

type Handler = (request: Request) => Response | Promise<Response>

export const protocol = {
  schemes: [] as { scheme: string; privileges: Record<string, boolean> }[],
  handlers: new Map<string, Handler>(),
  registerSchemesAsPrivileged(schemes: { scheme: string; privileges: Record<string, boolean> }[]) {
    protocol.schemes = schemes
  },
  handle: (scheme: string, handler: Handler) => void protocol.handlers.set(scheme, handler),
}

type PermissionAnswer = (granted: boolean) => void

class StandInSession extends EventEmitter {
  permissionRequest: (
    contents: null,
    permission: string,
    answer: PermissionAnswer,
    details: { requestingUrl: string },
  ) => void = (_contents, _permission, answer) => answer(true)
  permissionCheck: (contents: null, permission: string, origin: string) => boolean = () => true
  devicePermission: () => boolean = () => true
  beforeRequest: (details: { url: string }, answer: (verdict: { cancel: boolean }) => void) => void = (
    _details,
    answer,
  ) => answer({ cancel: false })
  webRequest = {
    onBeforeRequest: (handler: StandInSession['beforeRequest']): void => {
      this.beforeRequest = handler
    },
  }
  setPermissionRequestHandler = (handler: StandInSession['permissionRequest']): void => {
    this.permissionRequest = handler
  }
  setPermissionCheckHandler = (handler: StandInSession['permissionCheck']): void => {
    this.permissionCheck = handler
  }
  setDevicePermissionHandler = (handler: () => boolean): void => {
    this.devicePermission = handler
  }
}
export const session = { defaultSession: new StandInSession() }

export const ipcMain = new EventEmitter()

export const dialog = {
  /** Answers the person will give, in order. */
  answers: [] as number[],
  files: [] as string[],
  showMessageBox: async (_window: unknown, options: { message: string }) => {
    asked.push({ what: 'message', options })
    return { response: dialog.answers.shift() ?? 0 }
  },
  showMessageBoxSync: (_window: unknown, options: { message: string }): number => {
    asked.push({ what: 'message', options })
    return dialog.answers.shift() ?? 0
  },
  showErrorBox: (title: string, content: string): void => {
    asked.push({ what: 'error', options: { title, content } })
  },
  showOpenDialog: async (...args: unknown[]) => {
    asked.push({ what: 'open', options: args.at(-1) })
    return { canceled: dialog.files.length === 0, filePaths: dialog.files }
  },
}

export const shell = {
  openExternal: async (url: string): Promise<void> => void asked.push({ what: 'openExternal', options: url }),
  showItemInFolder: (path: string): void => void asked.push({ what: 'reveal', options: path }),
}

type MenuItem = {
  label?: string
  role?: string
  accelerator?: string
  click?: () => void
  submenu?: MenuItem[]
}
export const Menu = {
  template: [] as MenuItem[],
  buildFromTemplate: (template: MenuItem[]): MenuItem[] => template,
  setApplicationMenu(template: MenuItem[]) {
    Menu.template = template
  },
}

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = []
  readonly title: string
  readonly body: string
  constructor({ title, body }: { title: string; body: string }) {
    super()
    this.title = title
    this.body = body
  }
  static isSupported = (): boolean => true
  show = (): unknown => Notification.shown.push(this)
}

export const powerSaveBlocker = {
  active: new Map<number, string>(),
  started: 0,
  start(kind: string): number {
    powerSaveBlocker.started += 1
    powerSaveBlocker.active.set(powerSaveBlocker.started, kind)
    return powerSaveBlocker.started
  },
  stop: (id: number): boolean => powerSaveBlocker.active.delete(id),
}

export const safeStorage = {
  backend: 'gnome_libsecret',
  isEncryptionAvailable: (): boolean => true,
  getSelectedStorageBackend: (): string => safeStorage.backend,
  encryptString: (text: string): Buffer => Buffer.from(text).map((byte) => byte ^ 0x5a) as Buffer,
  decryptString: (bytes: Buffer): string => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString('utf8'),
}

export const nativeTheme = { themeSource: 'system', shouldUseDarkColors: false }

const area = { x: 0, y: 24, width: 1920, height: 1056 }
export const screen = {
  displays: [{ workArea: area }],
  getPrimaryDisplay: () => screen.displays[0] ?? { workArea: area },
  getAllDisplays: () => screen.displays,
}

export const utilityProcess = {
  children: [] as StandInUtilityProcess[],
  fork(...args: ConstructorParameters<typeof StandInUtilityProcess>): StandInUtilityProcess {
    const child = new StandInUtilityProcess(...args)
    utilityProcess.children.push(child)
    return child
  },
}

/** For preload.ts: what it gives to the page, and what it says to the application. */
export const contextBridge = {
  exposed: new Map<string, unknown>(),
  exposeInMainWorld: (name: string, value: unknown): unknown => contextBridge.exposed.set(name, value),
}
export const ipcRenderer = {
  posted: [] as { channel: string; ports: MessagePort[] }[],
  postMessage: (channel: string, _message: unknown, ports: MessagePort[]): unknown =>
    ipcRenderer.posted.push({ channel, ports }),
}
export const webUtils = { getPathForFile: ({ name }: { name: string }): string => `/home/me/${name}` }
