import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const module = new URL('./exclusively.mjs', import.meta.url).href

/** A process that enters, writes "in", stays a while, writes "out" and leaves. */
function visitor(lockFile: string, log: string) {
  const code = `
    import { appendFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { exclusively } from ${JSON.stringify(module)}
    await exclusively(${JSON.stringify(lockFile)}, async () => {
      appendFileSync(${JSON.stringify(log)}, 'in ')
      await setTimeout(200)
      appendFileSync(${JSON.stringify(log)}, 'out ')
    })`
  return once(spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' }), 'close')
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'peft-studio-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('one at a time, and the lock is gone afterwards', async () => {
  const [lockFile, log] = [join(folder(), 'cache', 'lock'), join(folder(), 'log')]
  const codes = await Promise.all([1, 2, 3].map(() => visitor(lockFile, log)))
  expect(codes).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ])
  expect(readFileSync(log, 'utf8')).toBe('in out in out in out ')
  expect(existsSync(lockFile)).toBe(false)
})

test('the lock of a dead process is taken over by one of those who wait', async () => {
  const dead = spawn(process.execPath, ['-e', ''])
  await once(dead, 'close')
  const [lockFile, log] = [join(folder(), 'lock'), join(folder(), 'log')]
  writeFileSync(lockFile, String(dead.pid))
  await Promise.all([visitor(lockFile, log), visitor(lockFile, log)])
  expect(readFileSync(log, 'utf8')).toBe('in out in out ')
})
