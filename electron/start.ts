/** `npm start`: opens the studio. See `npm start -- --help`. */
import { join } from 'node:path'
import { keepCompiled } from './launch/keep-compiled.ts'

keepCompiled()
const { start } = await import('./launch/start.ts')
process.exit(await start(join(import.meta.dirname, '..'), process.argv.slice(2), process))
