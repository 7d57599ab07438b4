/** The command line: `npm run -s cli -- COMMAND`. */
import { keepCompiled } from './launch/keep-compiled.ts'

keepCompiled()
await import('./cli/main.ts')
