/** IA³ is chosen, changed and trained for 60 steps under the eyes of a person, who pauses, reloads and goes on. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Story, story } from './studio/story.ts'

const steps = 60
const slowly = { timeout: 90_000 }

interface DrawnCurve {
  readonly points: number
  readonly first: readonly [number, number]
  readonly last: readonly [number, number]
}

/** The curve of the training loss as it is drawn; undefined before its first point. */
async function drawn(page: Page): Promise<DrawnCurve | undefined> {
  const curves = await page.locator('[data-chart="Loss"]').getAttribute('data-curves')
  return (JSON.parse(curves ?? '[]') as DrawnCurve[])[0]
}

const points = async (page: Page) => (await drawn(page))?.points ?? 0
const run = ({ stored }: Story) => stored((store) => store.runs.list()[0]!)

/** The same curve, made of what is stored. */
function kept({ stored }: Story): DrawnCurve {
  const all = stored((store) => store.metrics.steps(store.runs.list()[0]!.id))
  const point = (i: number): [number, number] => [all.at(i)!.step, all.at(i)!.loss]
  return { points: all.length, first: point(0), last: point(-1) }
}

/** Waits until the drawn curve is the stored one, to the last digit. */
async function expectDrawnAsStored(of: Story): Promise<void> {
  const both = async () => {
    const { points, first, last } = (await drawn(of.page)) ?? { points: 0, first: [], last: [] }
    const [seen, stored] = [{ points, first, last }, kept(of)].map((curve) => JSON.stringify(curve))
    return seen === stored ? 'drawn as stored' : `drawn ${seen}, stored ${stored}`
  }
  await expect.poll(both, slowly).toBe('drawn as stored')
}

story(
  'a method is chosen, changed and watched while it learns',
  async (of) => {
    const { page, go } = of
    const settings = page.getByRole('region', { name: 'Settings' })
    const field = (label: string) => settings.getByLabel(label, { exact: true })
    const figure = (name: string) => page.locator(`[data-figure=${name}]`).getAttribute('title')

    await go('method')
    await page.getByRole('navigation', { name: 'Methods' }).getByRole('button', { name: /^IA³/ }).click()
    await page.getByRole('heading', { level: 2, name: 'IA³', exact: true }).waitFor()
    /** Not a number while the figure is worked out. */
    const trained = async () => Number.parseInt((await figure('trained'))?.replaceAll(/\D/g, '') ?? '', 10)
    await expect.poll(trained).toBeGreaterThan(0)
    const before = { trained: await trained(), file: await figure('file') }
    await field('Modules').selectOption({ label: 'these modules' })
    await settings.getByRole('checkbox', { name: /^o_proj/ }).check()
    // One factor for each of the 192 outputs of the module in each of the 6 layers.
    const promised = before.trained + 6 * 192
    await expect.poll(trained).toBe(promised)
    await expect.poll(() => figure('file')).not.toBe(before.file)
    await field('Steps').fill(String(steps))
    await field('Tokens per row').fill('96')
    await page.getByRole('button', { name: 'Start training' }).click()

    await page.getByRole('heading', { level: 2, name: /^IA³ on / }).waitFor()
    await expect.poll(() => points(page), slowly).toBeGreaterThan(2)
    const seen = await points(page)
    await expect.poll(() => points(page), slowly).toBeGreaterThan(seen)
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await page.getByText('Paused', { exact: true }).first().waitFor()
    await expectDrawnAsStored(of)
    const paused = kept(of)
    expect(paused.points).toBeLessThan(steps)

    await page.reload()
    await page.getByText('Paused', { exact: true }).first().waitFor()
    await expectDrawnAsStored(of)
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await expect.poll(() => points(page), slowly).toBeGreaterThan(paused.points)
    await expect.poll(() => run(of).status, slowly).toBe('completed')
    await page.getByText('Completed', { exact: true }).first().waitFor()
    expect(run(of)).toMatchObject({ lastStep: steps, trainableParameters: promised })
    await expectDrawnAsStored(of)
    expect(kept(of)).toMatchObject({ points: steps, first: paused.first })
    await page.reload()
    await expectDrawnAsStored(of)
  },
  { timeout: 480_000 },
)
