/** What no page may do, whatever it contains: leave, open windows, embed others, use devices, reach the network. */
import type { Session, WebContents } from 'electron'
import { isOwnPage } from './app-origin.ts'
import { isWebPage, openExternal } from './outside.ts'

/** Everything else is denied: a page needs no more than to put text on the clipboard when the person copies. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** What a page may load: itself, and what it made in memory. */
const ownSchemes: ReadonlySet<string> = new Set(['app:', 'blob:', 'data:', 'devtools:'])

export function confineContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (isOwnPage(event.url)) return
    event.preventDefault()
    offerToBrowser(event.url)
  })
  contents.on('will-redirect', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    offerToBrowser(url)
    return { action: 'deny' }
  })
}

export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isOwnPage(requestingUrl) && allowedPermissions.has(permission)),
  )
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => isOwnPage(origin) && allowedPermissions.has(permission),
  )
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !URL.canParse(url) || !ownSchemes.has(new URL(url).protocol) }),
  )
  session.on('will-download', (event, item) => {
    if (!isOwnPage(item.getURL().replace(/^blob:/, ''))) event.preventDefault()
  })
}

/** A link of the page to a web site belongs into the person's browser; anything else goes nowhere. */
function offerToBrowser(url: string): void {
  if (!isWebPage(url)) return
  openExternal(url).catch((error: unknown) =>
    console.error(`The browser could not be opened for ${url}.`, error),
  )
}
