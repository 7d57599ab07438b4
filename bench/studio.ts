/**
 * The studio's own figures, one benchmark after the other: cold start, one million rows, twelve long runs, live updates.
 * Options of a single one: run its file. Needs the built page (npm run build).
 *
 *   npm run -s bench:studio
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const parts: readonly (readonly [name: string, ...options: string[]])[] = [
  ['cold-start'],
  ['datasets'],
  ['datasets-grid'],
  ['compare', '--pages', join(import.meta.dirname, '../out/renderer')],
  ['live-updates'],
  ['method-figures'],
]

for (const [part, ...options] of parts) {
  console.log(`\n# bench/${part}.ts`)
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${part}.ts`), ...options], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
