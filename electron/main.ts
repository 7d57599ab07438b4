/** The desktop application: what it guarantees, in the order it happens. Each line is a file of electron/shell. */
import { app, session } from 'electron'
import { dataDir } from './data-dir.ts'
import { logConsole } from './host/log-file.ts'
import { declareAppScheme } from './shell/app-origin.ts'
import { confineContents, confineSession } from './shell/confine.ts'
import { offerReload } from './shell/crashes.ts'
import { openDesktop, refuseToStart } from './shell/open-desktop.ts'

const folder = dataDir()

// What goes wrong is in a file, not only on a console nobody sees.
logConsole(folder)
// Every page is sandboxed, whatever the options of its window say.
app.enableSandbox()
// The page has an origin of its own, app://studio, with a strict content security policy.
declareAppScheme()
// Windows shows notifications of applications it knows by this name.
app.setAppUserModelId('studio.peft.desktop')
// Chromium's own files lie with the data they belong to; the lock below is per folder too.
app.setPath('userData', `${folder}/desktop`)

// One studio per data folder: a second start brings the window of the first to the front.
if (app.requestSingleInstanceLock()) {
  // No page leaves, opens windows, embeds others; a page that dies can be opened again.
  app.on('web-contents-created', (_event, contents) => {
    confineContents(contents)
    offerReload(contents)
  })
  app
    .whenReady()
    .then(() => {
      // No permissions, no devices, no network for pages.
      confineSession(session.defaultSession)
      return openDesktop(folder)
    })
    .catch(refuseToStart)
} else {
  app.quit()
}
