/** A person brings a model of their own: refused with every reason, mended, added, chosen, lost and found again. */
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { writeTinyModel } from '../engine/testing/tiny-model.ts'
import { expectAccessible } from './studio/axe.ts'
import { story } from './studio/story.ts'

async function editConfig(dir: string, changes: Record<string, unknown>): Promise<void> {
  const path = join(dir, 'config.json')
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }))
}

story('a broken folder is refused with reasons and remedies, and added once it is mended', async (told) => {
  const { page, go, dataDir, stored } = told
  const folder = await writeTinyModel(join(dataDir, 'elsewhere/my-model'))
  const whole = await writeTinyModel(join(dataDir, 'elsewhere/whole'))
  await rm(join(folder, 'tokenizer.json'))
  await editConfig(folder, { intermediate_size: 65 })

  await go('models')
  await page.getByRole('button', { name: 'Add a folder' }).click()
  const path = page.getByRole('textbox', { name: 'Folder' })
  await path.fill(folder)
  await path.press('Enter')
  const alerts = page.getByRole('alert')
  await alerts.filter({ hasText: 'config.json asks for [65,32]' }).waitFor()
  await alerts.filter({ hasText: 'no tokenizer.json' }).getByText('AutoTokenizer').waitFor()
  expect(await page.getByRole('button', { name: 'Add this model' }).count()).toBe(0)
  await expectAccessible(page)

  await editConfig(folder, { intermediate_size: 64 })
  await copyFile(join(whole, 'tokenizer.json'), join(folder, 'tokenizer.json'))
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByLabel('Name in the studio').fill('Mine')
  await page.getByRole('button', { name: 'Add this model' }).click()
  const card = page.getByRole('article', { name: 'Mine' })
  await card.getByText('LLaMA · 67.7 k parameters').waitFor()
  expect(stored((store) => store.models.get(folder).name)).toBe('Mine')
  await page.getByRole('row', { name: /^LoRA \d+ MB fits/ }).waitFor()
  await expectAccessible(page)

  await rename(folder, `${folder}-away`)
  await page.reload()
  await card.getByText('no longer there').waitFor()
  expect(await card.getByRole('button', { name: 'Use this model' }).isDisabled()).toBe(true)
  await rename(`${folder}-away`, folder)
  await page.reload()
  await card.getByRole('button', { name: 'Use this model' }).click()
  await page.getByRole('heading', { level: 1, name: 'Method' }).waitFor()

  await go('models')
  await page.getByRole('button', { name: 'Mine', exact: true }).click()
  await page.getByRole('button', { name: 'Remove…' }).click()
  await page.getByRole('button', { name: 'Remove from the list' }).click()
  await card.waitFor({ state: 'detached' })
  await readFile(join(folder, 'config.json'))
})

story('a folder is found by browsing the disk of the host', async ({ page, go, dataDir, shell }) => {
  if (shell !== 'chromium') return // the desktop has its own dialog
  await writeTinyModel(join(dataDir, 'elsewhere/found'))
  await go('models?add=folder')
  await page.getByRole('textbox', { name: 'Folder' }).waitFor()
  await page.getByRole('button', { name: 'Browse…' }).click()
  const folders = page.getByRole('list', { name: 'Folders' })
  await page.getByRole('button', { name: 'Top' }).click()
  for (const part of join(dataDir, 'elsewhere').split('/').filter(Boolean))
    await folders.getByRole('button', { name: part, exact: true }).click()
  await folders.getByRole('button', { name: 'found model' }).click()
  await page.getByRole('button', { name: 'Add this model' }).click()
  await page.getByRole('article', { name: 'found' }).waitFor()
})
