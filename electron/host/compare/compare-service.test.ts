import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import type { exportContents } from '../../contract/compare.ts'
import { openStore } from '../../store/open-store.ts'
import { planDocumentSchema } from '../../store/run-record.ts'
import { type FinishedRun, finishedRun } from '../../store/testing/finished-run.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { queuedRun, stepMetrics } from '../../store/testing/records.ts'
import { openDownloads } from '../downloads.ts'
import { runSteps } from '../run-document.ts'
import { CompareService } from './compare-service.ts'

function studio() {
  const store = openStore(temporaryFolder())
  onTestFinished(() => store.close())
  const downloads = openDownloads()
  return { store, downloads, compare: new CompareService(store, downloads) }
}

test('settings differ where plans do, and a setting a method does not have is not used', () => {
  const { store, compare } = studio()
  const ids = [
    finishedRun(store, { plan: { methodConfig: { r: 4 } } }),
    finishedRun(store, { plan: { methodConfig: { r: 16 } } }),
    finishedRun(store, { method: 'ia3' }),
  ]
  const { settings } = compare.table(ids)
  const setting = (key: string) => settings.find((one) => one.key === key)
  expect(setting('methodConfig.r')).toMatchObject({
    group: 'method',
    label: 'Rank',
    differs: true,
    cells: [
      { used: true, value: 4 },
      { used: true, value: 16 },
      { used: false, value: null },
    ],
  })
  // Every method has settings that nobody touched and that the others do not have.
  expect(setting('methodConfig.r')?.minor).toBe(false)
  const minor = settings.filter((one) => one.minor)
  expect(minor.length).toBeGreaterThan(3)
  for (const { cells, differs, group } of minor) {
    expect([differs, group]).toEqual([true, 'method'])
    expect(cells.some(({ used }) => !used)).toBe(true)
  }
  const labels = settings.map(({ group, label }) => `${group}/${label}`)
  expect(new Set(labels).size).toBe(labels.length)
  expect(setting('method.name')?.cells.map(({ value }) => value)).toEqual(['LoRA', 'LoRA', 'IA³'])
  expect(setting('plan.steps')).toMatchObject({ group: 'optimiser', label: 'Steps', differs: false })
  expect(setting('plan.profile')).toMatchObject({ group: 'environment' })
  expect(setting('environment.packages.onnxruntime-node')).toMatchObject({ differs: false })
  expect(setting('plan.learningRate')?.differs).toBe(true)
  const groups = settings.map(({ group }) => group)
  expect(groups).toEqual(
    ['model', 'data', 'method', 'optimiser', 'environment'].flatMap((name) =>
      groups.filter((one) => one === name),
    ),
  )
  expect(settings.filter(({ key }) => /plan\.(out|cache|startFrom|samples)/.test(key))).toEqual([])
})

test('figures come from the run and from the sums of its steps', () => {
  const { store, compare } = studio()
  const ids = [finishedRun(store), finishedRun(store, { steps: 8, validationLoss: 3 })]
  const { figures } = compare.table(ids)
  const values = Object.fromEntries(figures.map((figure) => [figure.key, figure.values]))
  expect(values).toMatchObject({
    validationLoss: [2, 3],
    improvement: [3, 2],
    trainedShare: [0.1, 0.1],
    steps: [4, 8],
    tokens: [512, 1024],
    usefulTokens: [256, 512],
    trainingSeconds: [1, 2],
    epochs: [0.4, 0.8],
  })
  expect(figures.find(({ key }) => key === 'usefulTokensPerSecond')).toMatchObject({ better: 'higher' })
})

const fairnessCases: readonly [
  what: string,
  first: FinishedRun,
  second: FinishedRun,
  about: string,
  words: RegExp,
][] = [
  ['tokens', {}, { measured: () => ({ tokens: 256 }) }, 'tokens', /one has seen 2 times as many/],
  ['length', {}, { plan: { length: 64 } }, 'plan.length', /256, 64 tokens/],
  ['learned parts', {}, { data: { learn: 'all' } }, 'data.learn', /different tokens/],
  ['seeds', {}, { plan: { seed: 7 } }, 'plan.seed', /Seeds differ \(1, 7\)/],
  ['evaluation', {}, { data: { validation: '/other.jsonl' } }, 'data.validation', /different rows/],
  [
    'held-out rows',
    { data: { validation: null, validationFraction: 0.1 } },
    { data: { validation: null, validationFraction: 0.1 }, plan: { seed: 2 } },
    'data.validation',
    /each seed holds out other rows/,
  ],
  ['threads', {}, { plan: { threads: 1 } }, 'plan.threads', /machines differ in threads/],
]

test.each(fairnessCases)('a comparison is not fair when %s differ', (_, first, second, about, words) => {
  const { store, compare } = studio()
  const found = compare.table([finishedRun(store, first), finishedRun(store, second)]).fairness
  expect(found.find((one) => one.about === about)?.message).toMatch(words)
})

test('runs on their way are not unfair yet, and figures they have not reached are open', () => {
  const { store, compare } = studio()
  const done = finishedRun(store)
  const { id: waiting } = queuedRun(store, { config: planDocumentSchema.parse(store.runs.get(done).config) })
  const { fairness, figures } = compare.table([done, waiting])
  expect(fairness.map(({ severity, about }) => [severity, about])).toEqual([['note', 'status']])
  expect(figures.find(({ key }) => key === 'tokens')?.values).toEqual([512, null])
  expect(figures.find(({ key }) => key === 'trainingSeconds')?.values).toEqual([1, null])
})

test('other data and models are named; methods alone are fair', () => {
  const { store, compare } = studio()
  const first = finishedRun(store)
  expect(compare.table([first, finishedRun(store, { method: 'ia3' })]).fairness).toEqual([])
  store.models.put({ ...store.models.get('tiny'), id: 'other', fingerprint: 'def' })
  const version = store.datasets.getVersion('poems@1')
  const { id: datasetVersionId } = store.datasets.addVersion({ ...version, contentHash: 'hash-2' })
  const second = finishedRun(store, { run: { modelId: 'other', datasetVersionId } })
  const { fairness } = compare.table([first, second])
  expect(fairness.map(({ about }) => about)).toEqual(['model.fingerprint', 'data.content'])
  expect(fairness.every(({ severity }) => severity === 'unfair')).toBe(true)
})

test('runs that differ in the seed alone are a group, and its spread judges differences', () => {
  const { store, compare } = studio()
  const seeded = (method: string, losses: readonly number[]) =>
    losses.map((validationLoss, seed) => finishedRun(store, { method, validationLoss, plan: { seed } }))
  const ids = [
    ...seeded('lora', [2, 2.2, 2.1]),
    ...seeded('ia3', [2.15, 2.25]),
    ...seeded('prompt-tuning', [4, 4.1]),
  ]
  const { seedGroups, seedNoise } = compare.table(ids)
  expect(seedGroups.map(({ name, seeds }) => [name, seeds])).toEqual([
    ['lora', [0, 1, 2]],
    ['ia3', [0, 1]],
    ['prompt-tuning', [0, 1]],
  ])
  const noise = seedNoise.find(({ figure }) => figure === 'validationLoss')
  // Pooled by hand: squares 0.02, 0.005 and 0.005 over 2 + 1 + 1 degrees of freedom; t for 4 is 2.776.
  const deviation = Math.sqrt(0.03 / 4)
  expect(noise?.deviation).toBeCloseTo(deviation, 12)
  expect(noise?.single).toBeCloseTo(2.776 * deviation * Math.sqrt(2), 9)
  expect(noise?.pairs).toHaveLength(3)
  const [near, far] = noise!.pairs
  expect(near?.difference).toBeCloseTo(0.1, 12)
  expect(near?.noise).toBeCloseTo(2.776 * deviation * Math.sqrt(1 / 3 + 1 / 2), 9)
  expect(near?.withinNoise).toBe(true)
  expect(far?.withinNoise).toBe(false)
  expect(compare.table(ids.slice(0, 1)).seedNoise).toEqual([])
})

test('runs that are gone are told, those in the bin are compared', () => {
  const { store, compare } = studio()
  const [first, second] = [finishedRun(store), finishedRun(store)]
  store.runs.setDeleted(second, 1_000)
  const { runs, missing } = compare.table([first, 'nowhere', second])
  expect(runs.map(({ id }) => id)).toEqual([first, second])
  expect(missing).toEqual(['nowhere'])
})

test('samples stand beside each other, the last ones up to a step', () => {
  const { store, compare } = studio()
  const [first, second] = [finishedRun(store), finishedRun(store)]
  const add = (runId: string, step: number, prompt: string, output: string) =>
    store.samples.add({ runId, step, prompt, output, tokens: null, settings: { temperature: 0 } })
  add(first, 0, 'Say hello', 'a')
  add(first, 4, 'Say hello', 'ahoy')
  add(second, 2, 'Say hello', 'hey')
  add(second, 2, 'And bye', 'bye')
  const { steps, prompts } = compare.samples([first, second], null)
  expect(steps).toEqual([0, 2, 4])
  expect(prompts.map(({ prompt, cells }) => [prompt, cells.map((cell) => cell?.output)])).toEqual([
    ['Say hello', ['ahoy', 'hey']],
    ['And bye', [undefined, 'bye']],
  ])
  expect(compare.samples([first], 3).prompts[0]?.cells[0]?.output).toBe('a')
})

async function fetched(
  { downloads, compare }: ReturnType<typeof studio>,
  ids: string[],
  content: (typeof exportContents)[number],
) {
  const { ticket, name } = compare.export(ids, content)
  const offer = downloads.take(ticket)
  return { name, content: await text(await offer!.open()) }
}

test('the CSV of steps is what the command line exports, with the run before it', async () => {
  const host = studio()
  const { store } = host
  const ids = [finishedRun(store), finishedRun(store)]
  store.metrics.addStep(ids[1]!, stepMetrics(5, { loss: Number.NaN, learningRate: 1 / 3 }))
  const { name, content } = await fetched(host, ids, 'steps.csv')
  const [heading, ...lines] = content.trimEnd().split('\n')
  const exported = ids.map((id) => runSteps(store, store.runs.get(id)).trimEnd().split('\n'))
  expect(heading).toBe(`run,${exported[0]![0]}`)
  expect(lines).toEqual(ids.flatMap((id, i) => exported[i]!.slice(1).map((line) => `${id},${line}`)))
  expect(lines.at(-1)).toContain(',NaN,0.3333333333333333,')
  expect(name).toBe('2-runs-steps.csv')
})

test('figures and settings that differ are exported with quotes where they need them', async () => {
  const host = studio()
  const named = { run: { name: 'mine, "best"' } }
  const ids = [finishedRun(host.store, named), finishedRun(host.store, { method: 'ia3' })]
  const { content } = await fetched(host, ids, 'figures.csv')
  const lines = content.split('\n')
  expect(lines[0]).toMatch(/^run,name,method,validationLoss,.*methodConfig\.r/)
  expect(lines[1]).toContain(`${ids[0]},"mine, ""best""",lora,2,`)
})

test('the JSON of runs holds everything', async () => {
  const host = studio()
  const ids = [finishedRun(host.store), finishedRun(host.store)]
  const { content } = await fetched(host, ids, 'runs.json')
  const documents = JSON.parse(content)
  expect(documents).toHaveLength(2)
  expect(documents[1]).toMatchObject({
    run: { id: ids[1] },
    steps: [{ step: 1 }, {}, {}, {}],
    evaluations: [{ step: 4 }],
  })
})

test('comparisons are kept, changed and removed', () => {
  const { store } = studio()
  const view = {
    axis: 'tokens',
    smoothing: 20,
    logX: false,
    logY: true,
    clipOutliers: true,
    groupBy: null,
    hidden: [],
  } as const
  const content = { name: 'ranks', runIds: ['a', 'b'], baselineId: 'a', view: { ...view, hidden: [] } }
  const made = store.comparisons.create(content)
  expect(store.comparisons.get(made.id)).toMatchObject(content)
  store.comparisons.change(made.id, { ...content, name: 'other', baselineId: null })
  expect(store.comparisons.list()).toMatchObject([{ id: made.id, name: 'other', baselineId: null, view }])
  store.comparisons.remove(made.id)
  expect(() => store.comparisons.get(made.id)).toThrow(expect.objectContaining({ code: 'not-found' }))
})
