/** The trainer is killed in mid-run: nothing is lost, resuming gives what an uninterrupted run gives, and it can be forked. */
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { type Story, story } from './studio/story.ts'

const run = ({ stored }: Story, name: string) =>
  stored((store) => store.runs.list().find((candidate) => candidate.name === name))

/** Starts the example for a few steps under a name. */
async function start({ page }: Story, name: string) {
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByRole('heading', { name }).waitFor()
}

story(
  'a killed trainer leaves an interrupted run that resumes to the same final loss',
  async (of) => {
    const { page, go, stored } = of
    // What the method screen keeps of a choice in progress.
    await page.addInitScript((draft) => localStorage.setItem('peft-studio.draft', JSON.stringify(draft)), {
      modelId: 'builtin:studio-tiny',
      datasetVersionId: 'builtin:pirate@1',
      method: 'lora',
      chosen: [],
      methodConfigs: {},
      ownTraining: {},
      training: { steps: 24, batch: 2, length: 96, evaluateEvery: 8, checkpointEvery: 6, threads: 1 },
      prompts: [],
    })
    await go('train')
    await page.reload()
    await page.getByText('Ready', { exact: true }).waitFor()
    await start(of, 'Uninterrupted')
    await expect.poll(() => run(of, 'Uninterrupted')?.status, { timeout: 90_000 }).toBe('completed')

    await start(of, 'Killed')
    await expect.poll(() => run(of, 'Killed')?.lastStep ?? 0, { timeout: 90_000 }).toBeGreaterThan(9)
    const log = stored((store) => store.events.list(run(of, 'Killed')!.id))
    const pid = log.map(({ message }) => /^Training in process (\d+)/.exec(message)?.[1]).find(Boolean)
    process.kill(Number(pid), 'SIGKILL')

    await page.getByText('Interrupted', { exact: true }).first().waitFor()
    await page
      .getByText(/The trainer was killed .*SIGKILL.* at step \d+/)
      .first()
      .waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await expect.poll(() => run(of, 'Killed')?.status, { timeout: 90_000 }).toBe('completed')
    await page.getByText('Completed', { exact: true }).first().waitFor()

    const curve = (name: string) =>
      stored((store) => store.metrics.steps(run(of, name)!.id).map(({ step, loss }) => [step, loss]))
    expect(curve('Killed')).toEqual(curve('Uninterrupted'))
    expect(run(of, 'Killed')?.validationLoss).toBe(run(of, 'Uninterrupted')?.validationLoss)
    // The window shows the same curve: all steps, the last one last.
    const table = page.getByRole('region', { name: 'Values', exact: true })
    const last = table.locator('tr[data-metric="loss"] > td').first()
    await expect.poll(async () => Number(await last.getAttribute('title'))).toBe(curve('Killed').at(-1)![1])

    await page.getByRole('button', { name: 'Fork' }).click()
    const dialog = page.getByRole('dialog', { name: 'Fork the run' })
    await dialog.getByRole('combobox', { name: 'Begin with' }).selectOption({ index: 1 })
    await dialog.getByRole('textbox', { name: 'Steps', exact: true }).fill('5')
    await dialog.getByText('One setting differs').waitFor()
    await dialog.getByRole('button', { name: 'Fork' }).click()
    await page.getByRole('heading', { name: 'Killed, from step 18' }).waitFor()
    await page.getByRole('link', { name: 'forked from step 18' }).waitFor()
    await expect.poll(() => run(of, 'Killed, from step 18')?.status, { timeout: 90_000 }).toBe('completed')
    const [first] = stored((store) => store.metrics.steps(run(of, 'Killed, from step 18')!.id))
    expect(first!.loss).toBeLessThan(curve('Killed')[0]![1]!)
  },
  { timeout: 480_000 },
)
