/** What the kernel says about another process: memory by kind and processor time (Linux; null elsewhere). */
import { readFileSync } from 'node:fs'

export interface Memory {
  /** Private to the process: heaps, arenas, copies. */
  readonly anonymousBytes: number
  /** Pages of mapped files, which the kernel may drop and processes share. */
  readonly fileBytes: number
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // no /proc on this system, or the process has ended
  }
}

function kilobytes(text: string, field: string): number {
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
}

/** Resident memory now. */
export function memoryOf(pid: number): Memory | null {
  const status = read(`/proc/${pid}/status`)
  if (status === null) return null
  return { anonymousBytes: kilobytes(status, 'RssAnon'), fileBytes: kilobytes(status, 'RssFile') }
}

/** Highest resident memory so far, both kinds together, as the kernel counted it. */
export function highWater(pid: number): number | null {
  const status = read(`/proc/${pid}/status`)
  return status === null ? null : kilobytes(status, 'VmHWM')
}

/** Resident memory now, shared pages divided among their users; walks all pages, so not while something is timed. */
export function proportional(pid: number): number | null {
  const rollup = read(`/proc/${pid}/smaps_rollup`)
  return rollup === null ? null : kilobytes(rollup, 'Pss')
}

/** Processor seconds used so far (in steps of 1/100 s). */
export function processorSeconds(pid: number): number {
  // Behind the command name in parentheses: fields 14 and 15 of proc(5).
  const fields = read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ')
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / 100
}
