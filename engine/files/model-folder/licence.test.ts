import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { licenceOfFrontMatter, readLicence } from './licence.ts'

test.each([
  ['---\nlicense: mit\n---\n', 'mit'],
  ['---\r\nlicense: "apache-2.0"\r\ntags: [a]\r\n---\r\n', 'apache-2.0'],
  ['---\nlicense: other\nlicense_name: llama3.2\n---\n', 'llama3.2'],
  ['---\nlicense: other\n---\n', 'other'],
  ['---\nlicense:\n- mit\n- cc-by-4.0\ntags: []\n---\n', 'mit, cc-by-4.0'],
  ['---\nlicense: [mit, gpl-3.0]\n---\n', 'mit, gpl-3.0'],
  ['---\nlicense:\ntags:\n- license: no\n---\n', null],
  ['---\ntitle: x\n---\nlicense: mit\n', null],
  ['license: mit\n', null],
])('front matter %j says %j', (text, licence) => {
  expect(licenceOfFrontMatter(text)).toBe(licence)
})

test('the title of a licence file speaks where the model card is silent', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'licence-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const read = async () => readLicence(dir, await readdir(dir))
  expect(await read()).toBeNull()
  await writeFile(join(dir, 'LICENSE'), '\n                 Apache License\n           Version 2.0\n')
  expect(await read()).toBe('Apache License')
  await writeFile(join(dir, 'README.md'), '# No front matter\n')
  expect(await read()).toBe('Apache License')
  await writeFile(join(dir, 'README.md'), '---\nlicense: gemma\n---\n')
  expect(await read()).toBe('gemma')
})
