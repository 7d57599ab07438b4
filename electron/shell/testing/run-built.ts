/**
 * Runs a built application with the stand-in in place of Electron: one real run, then an orderly end.
 *
 *   node electron/shell/testing/run-built.ts PATH/out/main/main.js
 */
import { registerHooks } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { connectPage } from './page-port.ts'

const standIn = new URL('./electron-stand-in.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: standIn, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})

const electron = await import('./electron-stand-in.ts')
const { app, BrowserWindow, protocol } = electron
await import(pathToFileURL(process.argv[2] ?? '').href)
app.becomeReady()
while (BrowserWindow.getAllWindows().length === 0) {
  if (app.exitCode !== undefined) throw new Error(`It ended with ${app.exitCode}.`)
  await sleep(20)
}
const page = await protocol.handlers.get('app')?.(new Request('app://studio/'))
const { client, leave } = connectPage(electron)
const request = { modelId: 'builtin:studio-tiny', datasetVersionId: 'builtin:pirate@1', method: 'lora' }
const { id } = await client.runs.create({ ...request, training: { steps: 3 } })
let run = await client.runs.get({ id })
while (run.status === 'queued' || run.status === 'running') {
  await sleep(50)
  run = await client.runs.get({ id })
}
console.log(
  JSON.stringify({
    page: page?.status,
    title: /<title>(.*)<\/title>/.exec((await page?.text()) ?? '')?.[1],
    studio: (await client.system.info()).studio,
    status: run.status,
    ending: run.ending,
    steps: run.lastStep,
    trainers: electron.utilityProcess.children.length,
  }),
)
leave()
app.quit()
while (app.exitCode === undefined) await sleep(20)
process.exit(app.exitCode)
