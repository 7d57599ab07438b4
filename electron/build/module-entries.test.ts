import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../store/testing/folders.ts'
import { moduleEntries } from './module-entries.ts'

test('a worker that is named beside its user is built, and found where it was built', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'src/deep'), { recursive: true })
  mkdirSync(join(folder, 'below'))
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'src/main.ts'),
    `import { answer } from './deep/user.ts'\nconsole.log(await answer())\n`,
  )
  writeFileSync(
    join(folder, 'src/deep/user.ts'),
    `import { once } from 'node:events'
     import { Worker } from 'node:worker_threads'
     export const answer = async (): Promise<number> => {
       const worker = new Worker(
         new URL('./x-worker.ts', import.meta.url),
       )
       const other = new Worker(new URL('../../below/y-worker.ts', import.meta.url))
       const heard = await Promise.all([once(worker, 'message'), once(other, 'message')])
       return heard[0][0] + heard[1][0]
     }`,
  )
  writeFileSync(
    join(folder, 'src/deep/x-worker.ts'),
    `import { parentPort } from 'node:worker_threads'
     import { shared } from '../shared.ts'
     parentPort?.postMessage(shared as number)`,
  )
  writeFileSync(
    join(folder, 'below/y-worker.ts'),
    `import { parentPort } from 'node:worker_threads'
     parentPort?.postMessage(8 as number)`,
  )
  writeFileSync(join(folder, 'src/shared.ts'), 'export const shared: number = 42\n')
  await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [moduleEntries()],
    build: {
      ssr: true,
      outDir: join(folder, 'out'),
      rolldownOptions: {
        input: { main: join(folder, 'src/main.ts') },
        output: {
          preserveModules: true,
          preserveModulesRoot: join(folder, 'src'),
          entryFileNames: '[name].js',
        },
      },
    },
  })
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'out/main.js')], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout.trim()).toBe('50')
})
