/** The benchmark of datasets runs, at a size that measures nothing. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('every figure is there', () => {
  const script = new URL('./datasets.ts', import.meta.url).pathname
  const output = execFileSync(process.execPath, [script, '--json', '--rows', '3000'], { encoding: 'utf8' })
  const { rows, figures } = JSON.parse(output.trim().split('\n').at(-1)!) as {
    rows: number
    figures: Record<string, number>
  }
  expect(rows).toBe(3_000)
  for (const name of [
    'importMs',
    'importPeakRss',
    'openMs',
    'blockP99Ms',
    'sortTextMs',
    'searchMs',
    'saveMs',
  ])
    expect(figures[name]).toBeGreaterThan(0)
})
