/** A studio that ends in the middle of calls leaves no thread behind: else its process would never end. */
import { expect, test } from 'vitest'
import { openStudio } from './testing/studio.ts'

const tokens = { modelId: 'builtin:studio-tiny', learn: null, chat: null }

/** Threads of this process, as the system counts them. */
const resources = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length

test('calls under way when the studio ends start nothing', async () => {
  const studio = await openStudio()
  const path = studio.file('rows.jsonl', '{"prompt": "a", "completion": "b"}\n{"prompt": ')
  const { datasetId: sheetId } = await studio.import(path)
  await studio.host.datasets.sheets.release(sheetId)
  const before = resources()
  const { host, client } = studio
  const calls = Promise.allSettled([
    client.datasets.badRows({ datasetId: sheetId, offset: 0, limit: 10 }),
    client.datasets.preview({ sheetId, row: 1, tokens, length: 64 }),
    client.datasets.view({ sheetId, spec: { split: 'train' } }),
    client.datasets.copyText({ sheetId, rows: { ids: [1] }, columns: ['prompt'], header: false }),
  ])
  await host.close()
  await calls
  const handle = host.datasets.sheets.handle(sheetId)
  await expect(handle).rejects.toThrow()
  expect(resources()).toBeLessThanOrEqual(before)
})
