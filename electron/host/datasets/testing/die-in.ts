/** A studio that is killed in the middle of an import or a save: node die-in.ts FOLDER (import PATH | save DATASET) (SHARE | NOTE) */
import { createRouterClient } from '@orpc/server'
import { openHost } from '../../host.ts'
import { router } from '../../router.ts'

const [dataDir = '', what = '', name = '', at = '0'] = process.argv.slice(2)
const host = await openHost({ shell: 'headless', dataDir })
const client = createRouterClient(router, { context: { host } })

async function start(): Promise<{ jobId: string }> {
  if (what === 'import') {
    const source = { kind: 'file', path: name } as const
    const { reading, mappings } = await client.datasets.detect({ source })
    return client.datasets.import({ source, name: 'Killed', reading, mapping: mappings[0]!.mapping })
  }
  const opened = await client.datasets.open({ sheetId: name })
  if (opened.state !== 'ready') throw new Error('not ready')
  const edits = [
    { kind: 'cells' as const, cells: [{ row: 1, column: 'prompt', text: 'edited before the save' }] },
  ]
  const { sheet } = await client.datasets.edit({ sheetId: name, revision: opened.sheet.revision, edits })
  return client.datasets.save({ sheetId: name, revision: sheet.revision })
}

const { jobId } = await start()
for await (const job of await client.jobs.watch({ id: jobId })) {
  const share = job.total === null || job.total === 0 ? 0 : job.done / job.total
  if (job.state === 'running' && (share > Number(at) || job.note === at)) process.kill(process.pid, 'SIGKILL')
}
console.log('not killed')
await host.close()
