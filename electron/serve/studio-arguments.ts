/** The command line of the studio. */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, StudioError } from '../../engine/errors.ts'
import { dataDir as usualDataDir } from '../data-dir.ts'

export interface StudioArguments {
  /** Whether Electron is left out. */
  readonly headless: boolean
  readonly port: number
  readonly dataDir: string
  readonly address: string
  /** Whether a browser is opened. */
  readonly open: boolean
  readonly help: boolean
}

export const studioHelp = `npm start                        the studio in a window of its own, or in a browser tab without Electron
npm start -- --headless          the studio in a browser tab, on this machine or through a tunnel

  --data-dir DIR    folder of runs, datasets and settings
  --port N          port of the browser tab; 0 or none = any that is free
  --host ADDRESS    listen on another address than 127.0.0.1: others on the network can then reach the studio
  --no-open         do not open a browser
  --help            show this

The command line (train, compare, merge, …): npm run -s cli -- --help
`

const options = {
  headless: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  'data-dir': { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  open: { type: 'boolean', default: true },
  help: { type: 'boolean', default: false },
} as const

/** @throws StudioError `bad-argument` */
export function parseStudioArguments(argv: readonly string[]): StudioArguments {
  const values = parsed(argv)
  return {
    headless: values.headless,
    port: portOf(values.port),
    dataDir: values['data-dir'] === undefined ? usualDataDir() : folderOf(values['data-dir']),
    address: addressOf(values.host),
    open: values.open,
    help: values.help,
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowNegative: true }).values
  } catch (error) {
    const [sentence = ''] = messageOf(error).split('. ')
    throw wrong(`${sentence.replace(/\.$/, '')}.`)
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw wrong(`"${text}" is no port: a whole number from 0 to 65535 is.`)
}

function folderOf(text: string): string {
  if (text.trim() !== '') return resolve(text)
  throw wrong('--data-dir names no folder.')
}

function addressOf(text: string): string {
  if (isIP(text) !== 0) return text
  if (text === 'localhost') return '127.0.0.1'
  throw wrong(`"${text}" is no IP address.`)
}

function wrong(message: string): StudioError {
  return new StudioError('bad-argument', message, 'See "npm start -- --help".')
}
