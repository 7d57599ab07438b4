/** Several runs wait: their order is changed without a pointer, one is taken out, and a restart starts nothing unasked. */
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { type Story, story } from './studio/story.ts'

const counting = { PEFT_STUDIO_JOB_MODULE: `${import.meta.dirname}/../electron/host/testing/counting-job.ts` }

const waiting = ({ stored }: Story) => stored((store) => store.runs.waiting().map(({ name }) => name))

story(
  'the queue is reordered by keyboard, paused, and survives a restart',
  async (first) => {
    const { page, go } = first
    await go('train')
    await page.getByRole('button', { name: 'Use the example' }).click()
    await page.getByText('Ready', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Pause the queue' }).click()
    for (const name of ['One', 'Two', 'Three']) {
      await page.getByRole('textbox', { name: 'Name' }).fill(name)
      await page.getByRole('button', { name: 'Add to queue' }).click()
      await page.getByRole('link', { name: new RegExp(`^${name}`) }).waitFor()
    }
    expect(waiting(first)).toEqual(['One', 'Two', 'Three'])

    await page.getByRole('link', { name: /^Three/ }).focus()
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => waiting(first)).toEqual(['One', 'Three', 'Two'])
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => waiting(first)).toEqual(['Three', 'One', 'Two'])
    const entry = (name: string) =>
      page.getByRole('list', { name: 'Waiting runs' }).getByRole('listitem').filter({ hasText: name })
    await entry('Two').dragTo(entry('Three'), { targetPosition: { x: 60, y: 4 } })
    await expect.poll(() => waiting(first)).toEqual(['Two', 'Three', 'One'])
    await entry('Two').dragTo(entry('One'), { targetPosition: { x: 60, y: 30 } })
    await expect.poll(() => waiting(first)).toEqual(['Three', 'One', 'Two'])
    await page.getByRole('button', { name: 'Actions for Two' }).press('Enter')
    await page.getByRole('menuitem', { name: 'Move to the front' }).press('Enter')
    await expect.poll(() => waiting(first)).toEqual(['Two', 'Three', 'One'])
    await page.getByRole('button', { name: 'Actions for Three' }).press('Enter')
    await page.getByRole('menuitem', { name: 'Take out of the queue' }).press('Enter')
    await expect.poll(() => waiting(first)).toEqual(['Two', 'One'])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => waiting(first)).toEqual(['Two', 'Three', 'One'])
    await expectAccessible(page)

    const again = await first.restart()
    await again.go('train')
    await again.page.getByText(/waiting when the studio ended/).waitFor()
    expect(again.stored((store) => store.runs.unfinished())).toEqual([])
    await again.page.getByRole('button', { name: 'Go on' }).click()
    await expect
      .poll(() => again.stored((store) => store.runs.list().map(({ status }) => status)), { timeout: 60_000 })
      .not.toContain('queued')
  },
  { environment: counting },
)
