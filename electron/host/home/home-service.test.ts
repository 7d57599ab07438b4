import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { type Host, openHost } from '../host.ts'
import { readExample } from './example.ts'

async function open(dataDir = temporaryFolder()): Promise<Host> {
  const host = await openHost({ shell: 'headless', dataDir })
  onTestFinished(() => host.close())
  // What is queued stays queued: training is not what is tested here.
  host.runs.queue.hold()
  return host
}

test('the example is complete: a model that works, rows, and several kinds of methods', async () => {
  const { home } = await open()
  const example = await home.example()
  expect(example.model).toMatchObject({ source: 'built-in', problem: null })
  const [first] = JSON.parse(`[${(await readFile((await readExample()).data.train, 'utf8')).split('\n')[0]}]`)
  expect(example.dataset.sample[0]).toEqual(first)
  expect(example.dataset.sample).toHaveLength(5)
  expect(new Set(example.methods.map(({ taxonomy }) => taxonomy)).size).toBeGreaterThanOrEqual(3)
  expect(example.comparison).toBeNull()
})

test('its prompts are not among the training rows', async () => {
  const { prompts, data } = await readExample()
  const rows = await readFile(data.train, 'utf8')
  expect(prompts.length).toBeGreaterThan(0)
  for (const prompt of prompts) expect(rows).not.toContain(prompt)
})

test('the button queues one run per method and saves their comparison; pressed again it gives the same', async () => {
  const host = await open()
  const [first, second] = await Promise.all([host.home.compare(), host.home.compare()])
  expect(second.id).toBe(first.id)
  expect((await host.home.compare()).id).toBe(first.id)
  const { methods, training, prompts } = await readExample()
  const waiting = host.store.runs.waiting()
  expect(waiting.map(({ id }) => id)).toEqual(first.runIds)
  expect(waiting.map(({ method }) => method)).toEqual(methods.map(({ name }) => name))
  for (const run of waiting) {
    expect(run.config).toMatchObject({ ...training, samples: { prompts } })
    expect(run.tags).toContain('example')
  }
  expect(host.store.comparisons.list()).toMatchObject([{ id: first.id, runIds: first.runIds }])
  expect((await host.home.example()).comparison).toMatchObject({ id: first.id, active: methods.length })
})

test('the example remembers its comparison, and can be made again when it is over', async () => {
  const dataDir = temporaryFolder()
  const host = await open(dataDir)
  const { id, runIds } = await host.home.compare()
  for (const run of runIds) host.runs.leaveQueue(run)
  await host.close()
  const again = await open(dataDir)
  expect((await again.home.example()).comparison).toMatchObject({ id, active: 0 })
  const next = await again.home.compare()
  expect(next.id).not.toBe(id)
  expect((await again.home.example()).comparison).toMatchObject({ id: next.id })
})

test('a lost or damaged memory of it costs nothing', async () => {
  const host = await open()
  const { id } = await host.home.compare()
  await writeFile(join(host.dataDir, 'home.json'), '{"comparisonId":')
  expect((await host.home.example()).comparison).toBeNull()
  await rm(join(host.dataDir, 'home.json'))
  expect((await host.home.example()).comparison).toBeNull()
  expect(host.store.comparisons.get(id).runIds).toHaveLength(4)
})
