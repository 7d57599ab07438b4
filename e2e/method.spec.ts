/** Choosing a method: figures before anything is trained, settings that explain themselves, and the run they make. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { defaultsOf } from '../engine/methods/fields.ts'
import { findMethod } from '../engine/methods/index.ts'
import { outlineModel } from '../engine/models/load.ts'
import { drawModel } from '../engine/train/drawing.ts'
import { story } from './studio/story.ts'

const tiny = join(import.meta.dirname, '../resources/models/studio-tiny')

/** What the engine itself says would be trained. */
async function trainedNumbers(name: string, changes: Record<string, unknown> = {}): Promise<number> {
  const method = findMethod(name)
  return drawModel(await outlineModel(tiny), method, { ...defaultsOf(method.fields), ...changes })
    .trainedParameters
}

/** How long figures may take on a machine that is busy with other stories. */
const soon = { timeout: 15_000 }

const grouped = (value: number) => value.toLocaleString('en-US').replaceAll(',', '\u202f')
const card = (page: Page, title: string) =>
  page.getByRole('navigation', { name: 'Methods' }).getByRole('button', { name: new RegExp(`^${title}`) })
const figure = (page: Page, name: string) => page.locator(`[data-figure=${name}]`)
const trained = (page: Page, value: number) =>
  expect.poll(() => figure(page, 'trained').getAttribute('title'), soon).toBe(grouped(value))
const field = (page: Page, label: string) =>
  page.getByRole('region', { name: 'Settings' }).getByLabel(label, { exact: true })

story('a method is chosen by its figures, changed, measured and trained', async ({ page, go, stored }) => {
  await go('method')
  await card(page, 'IA³').click()
  await page.getByRole('heading', { level: 2, name: 'IA³', exact: true }).waitFor()
  await trained(page, await trainedNumbers('ia3'))
  const lit = page.getByRole('group', { name: /^IA³: / }).getByRole('img', { name: /Trained beside it/ })
  const litNames = () =>
    lit.evaluateAll((parts) => parts.map((part) => part.getAttribute('aria-label')?.split(':')[0]))
  await expect.poll(litNames, soon).toEqual(['self_attn.k_proj', 'self_attn.v_proj', 'mlp.down_proj'])

  // Another module is ticked: figures and drawing follow.
  await field(page, 'Modules').selectOption({ label: 'these modules' })
  await page.getByRole('checkbox', { name: /^q_proj/ }).check()
  const modules = ['k_proj', 'v_proj', 'down_proj', 'q_proj']
  await trained(page, await trainedNumbers('ia3', { target_modules: modules }))
  await expect.poll(() => lit.count(), soon).toBe(4)

  // A value out of sense gets a sentence, one that does not fit stays where it was typed and stops the start.
  await field(page, 'Learning rate').fill('3.3e-4')
  await page.getByText('This learning rate is 30× below what IA³ needs').waitFor()
  await page.getByRole('button', { name: 'Use 0.01' }).click()
  await expect.poll(() => field(page, 'Learning rate').inputValue(), soon).toBe('0.01')
  await field(page, 'Steps').fill('a few')
  await page.getByText('Steps must be a whole number, 1 or more.').first().waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Start training' }).isDisabled(), soon).toBe(true)
  expect(await field(page, 'Steps').inputValue()).toBe('a few')
  await field(page, 'Steps').fill('6')
  await field(page, 'Tokens per row').fill('64')

  // The same settings as JSON.
  await page.getByRole('radio', { name: 'JSON' }).check({ force: true })
  const json = page.getByRole('textbox', { name: 'Settings as JSON' })
  expect(JSON.parse(await json.inputValue())).toEqual({
    methodConfig: { target_modules: modules },
    training: { steps: 6, length: 64 },
  })
  await json.fill('{ "training": { "steps": 4, "length": 64 ')
  await page.getByText('This is not taken over yet').waitFor()
  await json.fill(
    JSON.stringify({ methodConfig: { target_modules: ['down_proj'] }, training: { steps: 4, length: 64 } }),
  )
  await trained(page, await trainedNumbers('ia3', { target_modules: ['down_proj'] }))
  await page.getByRole('radio', { name: 'Basic' }).check({ force: true })
  expect(await field(page, 'Steps').inputValue()).toBe('4')

  await page.getByRole('button', { name: 'Measure it' }).click()
  await figure(page, 'step')
    .filter({ hasText: /\d (ms|s)$/ })
    .waitFor({ timeout: 60_000 })

  // A reload loses nothing.
  await page.reload()
  await trained(page, await trainedNumbers('ia3', { target_modules: ['down_proj'] }))
  await figure(page, 'step').waitFor()
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.getByRole('heading', { level: 1, name: 'Train' }).waitFor()
  await expect
    .poll(() => stored((store) => store.runs.list()[0]?.status), { timeout: 60_000 })
    .toBe('completed')
  const run = stored((store) => store.runs.list()[0]!)
  expect(run).toMatchObject({
    method: 'ia3',
    trainableParameters: await trainedNumbers('ia3', { target_modules: ['down_proj'] }),
  })
  expect(run.config).toMatchObject({
    steps: 4,
    length: 64,
    learningRate: 0.01,
    methodConfig: { target_modules: ['down_proj'] },
  })
})

story(
  'methods are compared side by side before any is trained, and trained together',
  async ({ page, go, stored }) => {
    await go('method')
    await card(page, 'LoRA').waitFor()
    await page.getByRole('button', { name: /^Settings/ }).click()
    await field(page, 'Steps').fill('2')
    await field(page, 'Tokens per row').fill('64')
    for (const title of ['LoRA', 'Full fine-tuning', 'Prompt tuning'])
      await page.getByRole('checkbox', { name: `Compare ${title}`, exact: true }).check()
    await page.getByRole('radio', { name: /^Side by side/ }).check({ force: true })
    const table = page.getByRole('table', { name: 'Methods side by side' })
    const names = () => table.getByRole('rowheader').allInnerTexts()
    await expect.poll(names, soon).toEqual(['Full fine-tuning', 'LoRA', 'Prompt tuning'])
    await table.getByRole('button', { name: 'Trained' }).click()
    await expect.poll(names, soon).toEqual(['Prompt tuning', 'LoRA', 'Full fine-tuning'])
    await table.getByRole('button', { name: 'Trained' }).click()
    await expect.poll(names, soon).toEqual(['Full fine-tuning', 'LoRA', 'Prompt tuning'])
    expect(await table.getByRole('columnheader', { name: 'Trained' }).getAttribute('aria-sort')).toBe(
      'descending',
    )
    const numbers = await table.getByRole('row').nth(2).getByRole('cell').first().getAttribute('title')
    expect(numbers).toBe(grouped(await trainedNumbers('lora')))

    await page.getByRole('button', { name: 'Train all 3 methods' }).click()
    await expect
      .poll(
        () =>
          stored((store) =>
            store.runs
              .list()
              .map((run) => `${run.method} ${run.status}`)
              .sort(),
          ),
        { timeout: 90_000 },
      )
      .toEqual(['full completed', 'lora completed', 'prompt-tuning completed'])
    const rates = stored((store) => store.runs.list().map((run) => [run.method, run.config.learningRate]))
    expect(Object.fromEntries(rates)).toEqual({ full: 1e-4, lora: 2e-3, 'prompt-tuning': 3e-2 })
  },
)

story('the adviser ranks methods by what is asked of them', async ({ page, go }) => {
  await go('method/adviser')
  const list = page.getByRole('list', { name: 'Methods, best first' })
  const titles = () => list.getByRole('heading', { level: 3 }).allInnerTexts()
  await expect.poll(async () => (await titles()).length, soon).toBeGreaterThan(5)
  await page.getByRole('checkbox', { name: 'merge it into the model' }).check()
  const excluded = list.getByRole('listitem').filter({ hasText: 'Not possible' })
  await expect.poll(() => excluded.count(), soon).toBeGreaterThan(0)
  await excluded.getByText('The trained vectors stand in the input, not in a weight.').waitFor()
  const [best] = await titles()
  await list.getByRole('button', { name: 'Choose' }).first().click()
  await page.getByRole('heading', { level: 2, name: best!, exact: true }).waitFor()
})

story(
  'settings are kept as a preset, taken from a run, and copied as a command',
  async ({ page, go, stored }) => {
    await go('method')
    await card(page, 'LoRA').click()
    await field(page, 'Rank').fill('3')
    await field(page, 'Steps').fill('2')
    await field(page, 'Tokens per row').fill('64')
    const menu = async (item: string) => {
      await page.getByRole('button', { name: 'Presets' }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    await menu('Save as preset…')
    await page.getByRole('dialog').getByLabel('Name').fill('narrow')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Add to queue' }).click()
    await page.getByText('is in the queue').waitFor()
    await expect
      .poll(() => stored((store) => store.runs.list()[0]?.status), { timeout: 60_000 })
      .toBe('completed')

    await menu('Reset all')
    await expect.poll(() => field(page, 'Rank').inputValue(), soon).toBe('8')
    await menu('narrow')
    await expect.poll(() => field(page, 'Rank').inputValue(), soon).toBe('3')
    await menu('Copy as command')
    await page.getByText('The command is in the clipboard.').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^npm run -s cli -- train --model builtin:studio-tiny --data \S+ --method lora --steps 2 --length 64 --set r=3$/,
    )
    await card(page, 'DoRA').click()
    await menu('Copy from a run…')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Copy from LoRA/ })
      .click()
    await page.getByRole('heading', { level: 2, name: 'LoRA', exact: true }).waitFor()
    expect(await field(page, 'Rank').inputValue()).toBe('3')
  },
)

story(
  'a method that nothing but its own file knows has a card, a form, figures and a run',
  async ({ page, go, stored }) => {
    await go('method')
    await card(page, 'Throw-away shift').click()
    await page.getByText('Adds one trained vector to what each chosen layer says.').last().waitFor()
    await trained(page, 6 * 192)
    await page.getByText('Nobody has written down how.').first().waitFor({ state: 'attached' })
    await field(page, 'Push').fill('6')
    await page.getByText('6 is unusually high: the vector then drowns what the layer says.').waitFor()
    await field(page, 'Push').fill('2')
    await page.getByRole('radio', { name: 'Advanced' }).check({ force: true })
    await field(page, 'Random start').check()
    await field(page, 'Steps').fill('2')
    await field(page, 'Tokens per row').fill('64')
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect
      .poll(() => stored((store) => store.runs.list()[0]?.status), { timeout: 60_000 })
      .toBe('completed')
    expect(stored((store) => store.runs.list()[0]!)).toMatchObject({
      method: 'throw-away',
      trainableParameters: 6 * 192,
      config: { learningRate: 5e-2, methodConfig: { push: 2, random_start: true } },
    })
  },
  {
    environment: {
      PEFT_STUDIO_EXTRA_METHODS: join(import.meta.dirname, '../engine/testing/throw-away-method.ts'),
    },
  },
)

story(
  'the few-shot baseline is scored on the same rows, without a single trained parameter',
  async ({ page, go, stored }) => {
    await go('method')
    await card(page, 'Few-shot prompt').click()
    await trained(page, 0)
    await page.getByText('Nothing of the model is trained.').waitFor()
    await expect.poll(() => field(page, 'Learning rate').count(), soon).toBe(0)
    await field(page, 'Examples').fill('0')
    await page.getByRole('button', { name: 'Score it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Train' }).waitFor()
    await expect
      .poll(() => stored((store) => store.runs.list()[0]?.status), { timeout: 60_000 })
      .toBe('completed')
    const run = stored((store) => store.runs.list()[0]!)
    expect(run).toMatchObject({
      method: 'few-shot',
      trainableParameters: 0,
      plannedSteps: 0,
      trainLoss: null,
    })
    expect(run.validationLoss).toBe(run.baseValidationLoss)
  },
)
