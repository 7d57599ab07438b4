/** The benchmark of the compare screen runs and reports what its readers rely on. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'

const run = promisify(execFile)

const report = z.object({
  insertMicroseconds: z.number().positive(),
  host: z.array(
    z.object({
      what: z.string(),
      milliseconds: z.number().positive(),
      cpuMilliseconds: z.number().positive(),
      kilobytes: z.number().positive(),
    }),
  ),
  window: z.array(z.unknown()),
})

test('a small comparison is measured', async () => {
  const args = [join(import.meta.dirname, 'compare.ts'), '--runs', '2', '--steps', '2000', '--json']
  const { stdout } = await run(process.execPath, args)
  const { host, window } = report.parse(JSON.parse(stdout))
  expect(host.map(({ what }) => what)).toContain('curves again')
  expect(window).toEqual([])
})
