import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { openStore } from '../store/open-store.ts'
import { temporaryFolder } from '../store/testing/folders.ts'
import { queuedRun, stepMetrics } from '../store/testing/records.ts'
import { registerRuns } from './runs.ts'

function runs(dataDir: string, ...args: string[]): string {
  let printed = ''
  const program = new Command().exitOverride()
  registerRuns(program, { dataDir: () => dataDir, stdout: { write: (text) => (printed += text) } })
  program.parse(['runs', ...args], { from: 'user' })
  return printed
}

function storeWithRun() {
  const folder = temporaryFolder()
  const store = openStore(folder)
  const { id } = queuedRun(store)
  store.runs.start(id)
  store.metrics.addStep(id, stepMetrics(1))
  store.metrics.addStep(id, stepMetrics(2, { loss: Number.NaN }))
  const facts = { device: 'cpu', plannedSteps: 2, trainableParameters: 9_200_000, totalParameters: 1e9 }
  store.runs.setFacts(id, { ...facts, baseValidationLoss: 3.21 })
  store.runs.end(
    id,
    { reason: 'failed', message: 'The loss grew.' },
    { code: 'diverged', message: 'The loss grew.', hint: 'Lower the rate.' },
  )
  store.events.add({ runId: id, step: 2, level: 'error', message: 'The loss grew.' })
  store.close()
  return { folder, id }
}

test('list says when there is nothing', () => {
  const folder = temporaryFolder()
  expect(runs(folder, 'list')).toBe('There are no runs yet.\n')
  expect(JSON.parse(runs(folder, 'list', '--json'))).toEqual([])
})

test('list shows one line per run', () => {
  const { folder, id } = storeWithRun()
  const [heading, line, ...rest] = runs(folder, 'list').trimEnd().split('\n')
  expect(heading).toMatch(/^ID +NAME +METHOD +STATUS/)
  expect(line).toMatch(new RegExp(`^${id} +first try +lora +failed +– +– +9.2 M`))
  expect(rest).toEqual([])
})

test('show tells about a run found by a part of its id', () => {
  const { folder, id } = storeWithRun()
  const text = runs(folder, 'show', id.slice(-4))
  expect(text).toContain('The loss grew. Lower the rate.')
  expect(text).toContain('9.2 M of 1 G parameters (0.92 %)')
  expect(text).toContain('base model 3.2100')
  expect(text).toMatch(/ 2 {2}error: The loss grew\./)
  expect(() => runs(folder, 'show', 'zzz')).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test('export writes the steps as CSV', () => {
  const { folder, id } = storeWithRun()
  const lines = runs(folder, 'export', id).trimEnd().split('\n')
  expect(lines[0]).toMatch(/^step,epoch,loss,/)
  expect(lines[1]).toMatch(/^1,0.1,3,/)
  expect(lines[2]).toMatch(/^2,0.2,NaN,/)
})

test('export --json writes everything, to a file too', () => {
  const { folder, id } = storeWithRun()
  const file = join(folder, 'run.json')
  expect(runs(folder, 'export', id, '--json', '--output', file)).toBe('')
  const document = JSON.parse(readFileSync(file, 'utf8'))
  expect(document).toMatchObject({ run: { id, config: { rank: 8 } }, steps: [{ step: 1 }, { loss: null }] })
  expect(document.events).toHaveLength(1)
  expect(() => runs(folder, 'export', id, '-o', join(folder, 'no', 'such'))).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  )
})
