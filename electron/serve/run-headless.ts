/** The life of the headless studio as a process: arguments, the printed address, an orderly end. */
import { reportError } from '../cli/errors.ts'
import type { TextOutput } from '../cli/output.ts'
import { logConsole } from '../host/log-file.ts'
import { openBrowser } from './open-browser.ts'
import { namesOf } from './requester.ts'
import { startHeadless } from './start-headless.ts'
import { parseStudioArguments, studioHelp } from './studio-arguments.ts'

export interface Terminal {
  readonly stdout: TextOutput & { readonly isTTY?: boolean }
  readonly stderr: TextOutput
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** @returns the exit code, once the studio has been told to end */
export async function runHeadless(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal
  try {
    const { port, dataDir, address, open, help } = parseStudioArguments(argv)
    if (help) {
      stdout.write(studioHelp)
      return 0
    }
    if (namesOf(address) === undefined) stderr.write(networkWarning(address))
    logConsole(dataDir)
    const ended = new Promise<void>((resolve) => {
      terminal.once('SIGINT', resolve)
      terminal.once('SIGTERM', resolve)
    })
    const studio = await startHeadless({ port, dataDir, address })
    stdout.write(`PEFT Studio is running; data is in ${dataDir}. Open this address, end with Ctrl-C:\n`)
    stdout.write(`${studio.url}\n`)
    if (open && stdout.isTTY === true) openBrowser(studio.admission())
    await ended
    await studio.close()
    return 0
  } catch (error) {
    return reportError(error, { json: false, stdout, stderr })
  }
}

function networkWarning(address: string): string {
  return (
    `warning: The studio listens on ${address}. Whoever reaches that address and has the token can read and change\n` +
    '  everything in it, and the connection is not encrypted. An SSH tunnel to 127.0.0.1 avoids both.\n'
  )
}
