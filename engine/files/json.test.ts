import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readJsonObject } from './json.ts'
import { nearNames } from './near-names.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'json-'))
})
afterAll(() => rm(dir, { recursive: true }))

it('reads an object with its bytes and refuses everything else with a sentence', async () => {
  const path = join(dir, 'x.json')
  await writeFile(path, '{"a": "é"}')
  const { bytes, json } = await readJsonObject(path)
  expect([bytes.toString(), json]).toEqual(['{"a": "é"}', { a: 'é' }])
  const refusal = (sentence: string) => ({ code: 'bad-file', message: `Cannot read ${path}: ${sentence}.` })
  await writeFile(path, Buffer.from([0x22, 0xff, 0x22]))
  await expect(readJsonObject(path)).rejects.toMatchObject(refusal('it is not valid JSON'))
  await writeFile(path, 'null')
  await expect(readJsonObject(path)).rejects.toMatchObject(refusal('it holds no JSON object'))
  const handle = await open(path, 'w')
  await handle.truncate(2 ** 30)
  await handle.close()
  await expect(readJsonObject(path)).rejects.toMatchObject(
    refusal('its 1073741824 bytes are too many for a JSON file'),
  )
  await expect(readJsonObject(dir)).rejects.toMatchObject({
    message: `Cannot read ${dir}: it is not a file.`,
  })
  await expect(readJsonObject(join(dir, 'none'))).rejects.toMatchObject({ code: 'not-found' })
})

it('suggests the nearest names first', () => {
  expect(nearNames('lora_A.wieght', ['bias', 'lora_B.weight', 'lora_A.weight'], 2)).toEqual([
    'lora_A.weight',
    'lora_B.weight',
  ])
  expect(nearNames('a', [])).toEqual([])
})
