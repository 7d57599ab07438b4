import { createRouterClient } from '@orpc/server'
import { openHost } from '../../electron/host/host.ts'
import { router } from '../../electron/host/router.ts'

const dataDir = process.argv[2]!
const host = await openHost({ shell: 'headless', dataDir })
const client = createRouterClient(router, { context: { host } }) as any
const models = await client.models.list()
console.log(models.map((m: any) => m.id))
const prompts = ['My friend is looking for the key.', 'The weather is good today.', 'Where is the market?']
const base = {
  modelId: 'builtin:studio-tiny',
  datasetVersionId: process.argv[3] ?? 'builtin:pirate@1',
  prompts,
  sampleEvery: 30,
}
const wanted = [
  { method: 'lora', training: { steps: 120, seed: 1 } },
  { method: 'lora', training: { steps: 120, seed: 2 } },
  { method: 'lora', training: { steps: 120, seed: 3 } },
  { method: 'ia3', training: { steps: 120, seed: 1 } },
  { method: 'ia3', training: { steps: 120, seed: 2 } },
  { method: 'prompt-tuning', training: { steps: 120 } },
  { method: 'adapter', training: { steps: 120 } },
  {
    method: 'lora',
    methodConfig: { r: 32 },
    training: { steps: 200, learningRate: 1e-3, batch: 2 },
    name: 'lora wide, slow',
  },
]
for (const w of wanted) console.log((await client.runs.create({ ...base, ...w })).id)
for (;;) {
  await new Promise((r) => setTimeout(r, 3000))
  const all = await client.runs.list({})
  console.log(all.map((r: any) => `${r.method}:${r.status}:${r.lastStep}`).join(' '))
  if (all.every((r: any) => ['completed', 'failed', 'cancelled'].includes(r.status))) break
}
await host.close()
process.exit(0)
