/** A person sets the studio up: limits that hold at once and after a restart, the log, sizes, licences. */
import { readFileSync } from 'node:fs'
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { expectAccessible, expectAccessibleInBothThemes } from './studio/axe.ts'
import { story } from './studio/story.ts'

story('limits hold for what fits, and after a restart', async (first) => {
  const { page, go, dataDir } = first
  await go('settings')
  const memory = page.getByRole('textbox', { name: 'Memory limit' })
  await memory.fill('0.1')
  await memory.press('Tab')
  await page.getByText('At least 0.256 GB').waitFor()
  await memory.fill('0.27')
  await memory.press('Tab')
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true })
  await expectAccessible(page)
  await expect
    .poll(() => JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8')))
    .toMatchObject({ memoryLimitBytes: 270_000_000, theme: 'dark' })
  await go('models')
  await page.getByText('of the 270 MB that runs may use here').waitFor()
  await page
    .getByRole('row', { name: /LoRA .* does not fit/ })
    .first()
    .waitFor()
  const again = await first.restart()
  await again.go('settings')
  await expect.poll(() => again.page.getByRole('textbox', { name: 'Memory limit' }).inputValue()).toBe('0.27')
})

story(
  'settings that are changed while others are being stored are stored too',
  async ({ page, go, dataDir }) => {
    await go('settings')
    const goesOn = page.getByRole('checkbox', { name: /Go on with the next run/ })
    const before = await goesOn.isChecked()
    // In one go, so that none of them can have been answered when the next one comes.
    await goesOn.evaluate((box: HTMLInputElement) => {
      for (const theme of document.querySelectorAll<HTMLInputElement>('input[type=radio][value=dark]'))
        theme.click()
      box.click()
      const threads = document.querySelector<HTMLInputElement>('input[inputmode=numeric]')!
      threads.value = '1'
      threads.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await expect
      .poll(() => JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8')))
      .toMatchObject({ theme: 'dark', continueAfterFailure: !before, threads: 1 })
  },
)

story('every tab is readable in both themes, and the log shows what comes', async ({ page, go, dataDir }) => {
  await go('settings')
  for (const tab of ['General', 'Devices', 'Data folder', 'Hub', 'Log', 'About']) {
    await page.getByRole('tab', { name: tab }).click()
    await page.getByRole('tabpanel').locator('h2').first().waitFor()
    await expectAccessibleInBothThemes(page)
  }
  await page.getByRole('cell', { name: 'onnxruntime-node', exact: true }).waitFor()
  await page.getByRole('button', { name: 'zod', exact: true }).click()
  await page.getByRole('dialog').getByText('MIT License').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Log' }).click()
  await page.getByText('Nothing has been logged').waitFor()
  await mkdir(join(dataDir, 'logs'), { recursive: true })
  await appendFile(join(dataDir, 'logs/studio.log'), '2026-08-01T10:00:00.000Z error A test wrote this.\n')
  await page.getByRole('log').getByText('A test wrote this.').waitFor()
})

story('devices are measured and one is chosen for all runs', async ({ page, go, dataDir }) => {
  await go('settings')
  await page.getByRole('tab', { name: 'Devices' }).click()
  const processor = page.getByRole('row', { name: /^Processor \(ONNX Runtime\)/ })
  await processor.getByText('not measured').waitFor()
  await page.getByRole('combobox', { name: 'Compute on' }).selectOption({ label: 'Processor (ONNX Runtime)' })
  await expect
    .poll(() => JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8')))
    .toMatchObject({ device: 'cpu' })
  await page.getByRole('button', { name: 'Measure all' }).click()
  await page.getByText(/^Last measured/).waitFor({ timeout: 120_000 })
  // The only one with results that are certain to be there: how it does beside others is the machine's affair.
  await processor.getByText(/fastest|slower/).waitFor()
  await expectAccessible(page)
  const { rankings } = JSON.parse(readFileSync(join(dataDir, 'devices.json'), 'utf8'))
  expect(JSON.stringify(rankings)).toContain('"id":"cpu"')
})
