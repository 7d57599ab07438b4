import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeAtomic, writeFileAtomic, writeJsonAtomic } from './atomic.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atomic-'))
})
afterAll(() => rm(dir, { recursive: true }))

describe('atomic writes', () => {
  it('creates and replaces files, text and bytes', async () => {
    const path = join(dir, 'a.txt')
    await writeFileAtomic(path, 'eins é')
    expect(await readFile(path, 'utf8')).toBe('eins é')
    await writeFileAtomic(path, Uint8Array.of(1, 2))
    expect([...(await readFile(path))]).toEqual([1, 2])
    await writeJsonAtomic(path, { a: [1] })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ a: [1] })
    await expect(writeJsonAtomic(path, undefined)).rejects.toThrow('undefined cannot be written as JSON')
    expect(await readdir(dir)).toEqual(['a.txt'])
  })

  it('keeps the old file and leaves no temporary where the producer fails, with the error as it was', async () => {
    const path = join(dir, 'b.txt')
    await writeFileAtomic(path, 'old')
    const failure = new Error('no more')
    const write = writeAtomic(path, async (append) => {
      await append(Buffer.from('half of the new'))
      throw failure
    })
    await expect(write).rejects.toBe(failure)
    expect(await readFile(path, 'utf8')).toBe('old')
    expect((await readdir(dir)).filter((name) => name.includes('b.txt'))).toEqual(['b.txt'])
  })

  it('says what is wrong with the place', async () => {
    await mkdir(join(dir, 'folder'), { recursive: true })
    await expect(writeFileAtomic(join(dir, 'folder'), 'x')).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining('it is a folder, not a file'),
    })
    await expect(writeFileAtomic(join(dir, 'missing', 'x'), 'x')).rejects.toMatchObject({ code: 'not-found' })
    await writeFile(join(dir, 'plain'), '')
    await expect(writeFileAtomic(join(dir, 'plain', 'x'), 'x')).rejects.toMatchObject({ code: 'disk' })
  })

  it('lets concurrent writers of one file each finish with a whole file', async () => {
    const path = join(dir, 'c.txt')
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(10_000))
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)))
    expect(texts).toContain(await readFile(path, 'utf8'))
  })

  it.skipIf(process.platform === 'win32')(
    'keeps the old file where the disk gives out in the middle',
    async () => {
      const path = join(dir, 'd.bin')
      await writeFile(path, 'old')
      // A limit on the size of files makes the real write call fail half-way, as a full disk does.
      const script = `
      import { writeAtomic } from ${JSON.stringify(join(import.meta.dirname, 'atomic.ts'))}
      await writeAtomic(${JSON.stringify(path)}, async (append) => {
        for (let i = 0; i < 64; i++) await append(new Uint8Array(65536))
      }).catch((error) => console.log(error.code, error.message))`
      const shell = `trap '' XFSZ; ulimit -f 1024; exec "$0" --input-type=module -e "$1"`
      const said = execFileSync('bash', ['-c', shell, process.execPath, script], { encoding: 'utf8' })
      expect(said).toContain(`disk Cannot write ${path}: EFBIG`)
      expect(await readFile(path, 'utf8')).toBe('old')
      expect((await readdir(dir)).filter((name) => name.includes('d.bin'))).toEqual(['d.bin'])
    },
  )
})
