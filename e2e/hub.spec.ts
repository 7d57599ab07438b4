/** A person downloads a model from the hub: sees what it is first, breaks it off, goes on, and may delete it again. */
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { openStandInHub, type StandInHub } from '../electron/host/hub/testing/stand-in-hub.ts'
import { writeTinyModel } from '../engine/testing/tiny-model.ts'
import { expectAccessible } from './studio/axe.ts'
import { story } from './studio/story.ts'

let hub: StandInHub
let source: string
const environment: Record<string, string> = {}

beforeAll(async () => {
  hub = await openStandInHub()
  environment.HF_ENDPOINT = hub.endpoint
  source = await mkdtemp(join(tmpdir(), 'hub-source-'))
  await writeTinyModel(source)
  const files = Object.fromEntries(
    readdirSync(source).map((name) => [name, readFileSync(join(source, name))]),
  )
  const pickle = { 'pytorch_model.bin': Buffer.alloc(5_000) }
  hub.put({ kind: 'model', id: 'someone/tiny', licence: 'apache-2.0', files: { ...files, ...pickle } })
  hub.put({ kind: 'model', id: 'someone/gated', licence: 'llama3', gated: 'manual', files })
  const rows = (part: string) => Buffer.from(`{"prompt":"say ${part}","completion":"${part}"}\n`.repeat(3))
  hub.put({
    kind: 'dataset',
    id: 'someone/rows',
    files: { 'load.py': Buffer.from('x'), 'data/train.jsonl': rows('a'), 'data/validation.jsonl': rows('b') },
  })
})
afterAll(async () => {
  await hub.close()
  await rm(source, { recursive: true })
})

story(
  'a model is looked at, downloaded with a break, used, and deleted',
  async ({ page, go, stored }) => {
    await go('models?add=hub')
    const repository = page.getByRole('textbox', { name: 'Repository' })
    await repository.fill('someone/tiny')
    await repository.press('Enter')
    await page.getByText('apache-2.0').waitFor()
    await page.getByText('Python pickles').waitFor()
    await expectAccessible(page)

    hub.faults = { stallAfterBytes: 50_000 }
    await page.getByRole('button', { name: /^Download \d/ }).click()
    await expect.poll(() => page.getByText(/^5\d\.?\d* kB of \d+ kB/).count()).toBe(1)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    const goOn = page
      .getByRole('region', { name: 'Downloads' })
      .getByRole('button', { name: 'Go on downloading' })
    await goOn.waitFor()
    hub.faults = {}
    hub.seen.length = 0
    await goOn.click()
    const card = page.getByRole('article', { name: 'tiny', exact: true })
    await card.getByText('Hub', { exact: true }).waitFor()
    expect(hub.seen.some(({ range }) => range === 'bytes=50000-')).toBe(true)
    const { path } = stored((store) => store.models.get('hub:someone/tiny'))
    const weights = 'model.safetensors'
    expect(readFileSync(join(path, weights)).equals(readFileSync(join(source, weights)))).toBe(true)

    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByLabel('Delete the downloaded files, too').check()
    await page.getByRole('button', { name: 'Remove and delete' }).click()
    await card.waitFor({ state: 'detached' })
    expect(() => readFileSync(join(path, weights))).toThrow('ENOENT')
  },
  { environment },
)

story(
  'a gated model asks for the token where it is needed, and the page never sees it again',
  async ({ page, go, log }) => {
    await go('models?add=hub')
    const repository = page.getByRole('textbox', { name: 'Repository' })
    await repository.fill('someone/gated')
    await repository.press('Enter')
    await page.getByRole('alert').getByText('is gated').waitFor()
    await page.getByLabel('Access token').fill('hf_standin')
    await page.getByRole('button', { name: 'Check and store' }).click()
    await page.getByRole('button', { name: /^Download \d/ }).waitFor()
    await go('settings?tab=hub')
    await page.getByText('An access token is stored').waitFor()
    expect(await page.content()).not.toContain('hf_standin')
    expect(log.join('\n')).not.toContain('hf_standin')
    await page.getByRole('button', { name: 'Delete it' }).click()
    await page.getByLabel('Access token').waitFor()
  },
  { environment },
)

story(
  'a dataset is downloaded by its name and goes on into the import',
  async ({ page, go }) => {
    await go('datasets/import?way=hub')
    const repository = page.getByRole('textbox', { name: 'Repository' })
    await repository.fill('datasets/someone/rows')
    await repository.press('Enter')
    await page.getByText('program code: the studio runs none').waitFor()
    await page.getByRole('button', { name: /^Download \d/ }).click()
    await page.getByText('train.jsonl').first().waitFor()
    await page.getByText('say a').first().waitFor()
  },
  { environment },
)
