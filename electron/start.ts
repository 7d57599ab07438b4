/** `npm start`: opens the studio. See `npm start -- --help`. */
import { join } from 'node:path'
import { start } from './launch/start.ts'

process.exit(await start(join(import.meta.dirname, '..'), process.argv.slice(2), process))
