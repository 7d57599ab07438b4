/** What `npm start` does: the desktop application where it can run, the headless studio where it cannot or is asked for. */
import { spawn } from 'node:child_process'
import { reportError } from '../cli/errors.ts'
import { hasDisplay } from '../serve/has-display.ts'
import { runHeadless, type Terminal } from '../serve/run-headless.ts'
import { parseStudioArguments, studioHelp } from '../serve/studio-arguments.ts'
import { buildDesktopIfStale, buildPageIfStale } from './build-if-stale.ts'
import { electronBinary, fetchByHand, fetchElectron } from './electron-binary.ts'

/** @returns the exit code */
export async function start(root: string, argv: readonly string[], terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal
  try {
    const wanted = parseStudioArguments(argv)
    if (wanted.help) {
      stdout.write(studioHelp)
      return 0
    }
    const binary = wanted.headless ? undefined : await desktop(root, stderr)
    if (binary !== undefined) {
      await buildDesktopIfStale(root, stderr)
      const code = await runElectron(binary, root, wanted.dataDir)
      if (code !== undefined) return code
      stderr.write(
        'Electron could not start here (its own words are above), so the studio opens in a browser tab.\n',
      )
    }
    await buildPageIfStale(root, stderr)
    return await runHeadless(argv, terminal)
  } catch (error) {
    return reportError(error, { json: false, stdout, stderr })
  }
}

/** Electron's program, or one sentence why the studio opens in a browser tab instead. */
async function desktop(root: string, stderr: Terminal['stderr']): Promise<string | undefined> {
  const obstacle = obstacleHere()
  const binary =
    obstacle === undefined ? (electronBinary(root) ?? (await fetchElectron(root, stderr))) : undefined
  if (binary !== undefined) return binary
  const why = obstacle ?? `Electron is not here and could not be fetched ("${fetchByHand}" tries again)`
  stderr.write(`${why}, so the studio opens in a browser tab.\n`)
  return undefined
}

function obstacleHere(): string | undefined {
  if (!hasDisplay()) return 'There is no display here'
  // Its sandbox, without which no page is opened, refuses root.
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'Electron does not run as root'
  return undefined
}

/** A program that dies this early never showed a window: on Linux its sandbox may not be permitted. */
const startsWithinMs = 10_000

/** @returns the exit code of the application; undefined when it could not even start */
function runElectron(binary: string, root: string, dataDir: string): Promise<number | undefined> {
  // Terminals inside Electron applications set it, and Electron would run as plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env
  const started = Date.now()
  const child = spawn(binary, [root], {
    env: { ...environment, PEFT_STUDIO_DATA: dataDir },
    stdio: 'inherit',
  })
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      asked = true
      child.kill(signal)
    })
  }
  return new Promise((resolve) => {
    child.on('error', () => resolve(undefined))
    child.on('close', (code, signal) => {
      const crashed = signal !== null && !asked && Date.now() - started < startsWithinMs
      resolve(crashed ? undefined : (code ?? (asked ? 0 : 1)))
    })
  })
}
