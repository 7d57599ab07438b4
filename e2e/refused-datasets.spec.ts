/** Files that are no dataset: each is refused with what is wrong and what to do, and nothing is left behind. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { expectAccessible } from './studio/axe.ts'
import { chooseFile } from './studio/datasets.ts'
import { story } from './studio/story.ts'

interface Wrong {
  readonly name: string
  readonly content: Uint8Array | string
  /** What the refusal has to say. */
  readonly says: RegExp
}

const wrong: readonly Wrong[] = [
  { name: 'empty.csv', content: '', says: /empty/ },
  { name: 'only-a-header.csv', content: 'prompt,completion\n', says: /no row/ },
  {
    name: 'picture.csv',
    content: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    says: /binary|image|PNG/i,
  },
  { name: 'paper.pdf', content: '%PDF-1.7\n1 0 obj\n', says: /PDF/ },
  {
    name: 'table.xlsx',
    content: Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(200)]),
    says: /Excel|ZIP/i,
  },
  { name: 'rows.jsonl.gz', content: gzipSync('{"text":"a"}\n'), says: /gzip|compressed/i },
  { name: 'utf16.csv', content: Buffer.from('\ufeffprompt,completion\na,b\n', 'utf16le'), says: /UTF-16/ },
  { name: 'all-bad.jsonl', content: '{"prompt": \nno json\nnor this\n', says: /None of the 3 rows/ },
]

story('wrong files are refused with the reason and the remedy', async ({ page, dataDir, go, stored }) => {
  const folder = join(dataDir, 'wrong')
  mkdirSync(folder)
  await go('datasets/import')
  for (const { name, content, says } of wrong) {
    const path = join(folder, name)
    writeFileSync(path, content)
    await chooseFile(page, path)
    const alert = page.getByRole('alert')
    await alert.filter({ hasText: says }).waitFor({ timeout: 10_000 })
    // What happened, and what to do about it.
    const sentences = await alert.locator('p').allTextContents()
    expect(sentences.length, name).toBe(2)
    for (const sentence of sentences) expect(sentence, name).toMatch(/.{15,}\.$/s)
    if (name === 'paper.pdf') await expectAccessible(page)
    await page.getByRole('button', { name: 'Choose something else' }).first().click()
  }
  expect(stored((store) => store.datasets.list().filter(({ kind }) => kind === 'imported'))).toEqual([])
  expect(
    readdirSync(join(dataDir, 'datasets'), { recursive: true }).filter((name) =>
      String(name).endsWith('.jsonl'),
    ),
  ).toEqual([])

  // A path that is not there, and several files at once.
  await go(`datasets/import?path=${encodeURIComponent(join(folder, 'gone.csv'))}`)
  await page.getByRole('alert').filter({ hasText: 'gone.csv' }).waitFor()
  await go('datasets/import')
  await page.getByRole('heading', { name: 'Drop a file here, or paste rows' }).waitFor()
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    for (const name of ['a.csv', 'b.csv']) transfer.items.add(new File(['prompt,completion\na,b\n'], name))
    return transfer
  })
  await page
    .getByRole('heading', { name: 'Drop a file here, or paste rows' })
    .dispatchEvent('drop', { dataTransfer: dropped })
  await page.getByRole('alert').filter({ hasText: '2 files were given at once.' }).waitFor()
})
