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
      return await runElectron(binary, root, wanted.dataDir)
    }
    await buildPageIfStale(root, stderr)
    return await runHeadless(argv, terminal)
  } catch (error) {
    return reportError(error, { json: false, stdout, stderr })
  }
}

/** Electron's program, or one sentence why the studio opens in a browser tab instead. */
async function desktop(root: string, stderr: Terminal['stderr']): Promise<string | undefined> {
  if (!hasDisplay()) {
    stderr.write('There is no display here, so the studio opens in a browser tab.\n')
    return undefined
  }
  const binary = electronBinary(root) ?? (await fetchElectron(root, stderr))
  if (binary === undefined) {
    stderr.write(
      `Electron is not here and could not be fetched ("${fetchByHand}" tries again), so the studio opens in a browser tab.\n`,
    )
  }
  return binary
}

/** @returns the exit code of the application */
function runElectron(binary: string, root: string, dataDir: string): Promise<number> {
  // Terminals inside Electron applications set it, and Electron would run as plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env
  const child = spawn(binary, [root], {
    env: { ...environment, PEFT_STUDIO_DATA: dataDir },
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1))
  })
}
