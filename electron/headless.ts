/** Starts the headless studio: `node electron/headless.ts [--port N] [--data-dir DIR]`, usually through `npm start`. */
import { keepCompiled } from './launch/keep-compiled.ts'

keepCompiled()
const { runHeadless } = await import('./serve/run-headless.ts')
// Whatever may still be going on was told to end, and had its time.
process.exit(await runHeadless(process.argv.slice(2), process))
