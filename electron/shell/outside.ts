/** The one door to the world outside the window; biome.json keeps `shell` of Electron out of all other files. */
import { shell } from 'electron'
import { StudioError } from '../../engine/errors.ts'

/**
 * Opens a web page in the person's browser.
 * @throws StudioError `bad-argument` unless it is one over https
 */
export async function openExternal(url: string): Promise<void> {
  if (!isWebPage(url)) {
    throw new StudioError('bad-argument', `"${url}" is no web page over https.`, 'Copy it into a browser.')
  }
  await shell.openExternal(new URL(url).href)
}

/** Any other scheme could start a program; a name and password in an address can only mislead. */
export function isWebPage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, username, password } = new URL(url)
  return protocol === 'https:' && username === '' && password === ''
}

/** Shows a file or folder in the file manager; it is not opened. */
export function reveal(path: string): void {
  shell.showItemInFolder(path)
}
