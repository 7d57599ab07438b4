/** The studio's log: what went wrong, in a file that a person can send. Old files are kept, three in all. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format } from 'node:util'

const rotatedAtBytes = 1024 * 1024
const keptFiles = 3

export function logFile(dataDir: string, age = 0): string {
  return join(dataDir, 'logs', age === 0 ? 'studio.log' : `studio.${age}.log`)
}

/**
 * From now on everything the host tells the console also goes into the log, and so does what nobody caught. The
 * studio goes on after a promise nobody waited for; after an exception the process ends, as without a log.
 * @returns ends that
 */
export function logConsole(dataDir: string): () => void {
  const { warn, error } = console
  console.warn = (...args: unknown[]) => {
    warn(...args)
    append(dataDir, 'warning', format(...args))
  }
  console.error = (...args: unknown[]) => {
    error(...args)
    append(dataDir, 'error', format(...args))
  }
  const unhandled = (reason: unknown) => console.error('A failure that nobody waited for:', reason)
  const uncaught = (reason: unknown) => append(dataDir, 'error', format('The studio ended:', reason))
  process.on('unhandledRejection', unhandled).on('uncaughtExceptionMonitor', uncaught)
  return () => {
    Object.assign(console, { warn, error })
    process.off('unhandledRejection', unhandled).off('uncaughtExceptionMonitor', uncaught)
  }
}

/** The last `count` lines, oldest first. */
export function lastLogLines(dataDir: string, count: number): string[] {
  const lines: string[] = []
  for (let age = 0; age < keptFiles && lines.length < count; age++) {
    const file = logFile(dataDir, age)
    if (!existsSync(file)) break
    lines.unshift(...readFileSync(file, 'utf8').trimEnd().split('\n'))
  }
  return lines.slice(-count)
}

/** At once and in order, so that the last words before a crash are in it. */
function append(dataDir: string, level: string, text: string): void {
  const file = logFile(dataDir)
  try {
    mkdirSync(dirname(file), { recursive: true })
    rotate(dataDir)
    appendFileSync(file, `${new Date().toISOString()} ${level} ${text}\n`)
  } catch {
    // A full or read-only disk: the console, which has it already, is all that is left.
  }
}

function rotate(dataDir: string): void {
  const size = statSync(logFile(dataDir), { throwIfNoEntry: false })?.size ?? 0
  if (size < rotatedAtBytes) return
  for (let age = keptFiles - 1; age > 0; age--) {
    const younger = logFile(dataDir, age - 1)
    if (existsSync(younger)) renameSync(younger, logFile(dataDir, age))
  }
}
