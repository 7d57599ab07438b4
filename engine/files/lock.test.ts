import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withLock } from './lock.ts'

let dir: string
let path: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'))
  path = join(dir, 'x.lock')
})
afterAll(() => rm(dir, { recursive: true }))

describe('withLock', () => {
  it('lets one at a time in, passes results and errors on and leaves no lock', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await sleep(5)
      return inside--
    }
    expect(await Promise.all(Array.from({ length: 5 }, () => withLock(path, work)))).toEqual([1, 1, 1, 1, 1])
    expect(most).toBe(1)
    const failure = new Error('inside')
    await expect(withLock(path, () => Promise.reject(failure))).rejects.toBe(failure)
    expect(await readdir(dir)).toEqual([])
  })

  it('takes over from a process that is gone and from a lock without sign of life', async () => {
    // The largest process id of Linux is 2^22; this one cannot exist.
    await writeFile(path, `${hostname()} ${2 ** 22 + 1}`)
    expect(await withLock(path, async () => 1)).toBe(1)
    await writeFile(path, 'elsewhere 1')
    await utimes(path, 1, 1)
    expect(await withLock(path, async () => 2)).toBe(2)
    expect(await readdir(dir)).toEqual([])
  })

  it('waits for a living process until it is told to stop', async () => {
    const text = `${hostname()} ${process.pid}`
    await writeFile(path, text)
    const waiting = withLock(path, async () => 3, AbortSignal.timeout(250))
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(dir)).toEqual(['x.lock'])
    await rm(path)
    await expect(withLock(join(dir, 'none', 'x'), async () => 4)).rejects.toMatchObject({ code: 'not-found' })
  })
})
