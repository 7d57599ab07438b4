import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureFloat32 } from './float32-cache.ts'
import { loadWeight, type ModelFolder, openModelFolder } from './model-folder.ts'
import { writeSafetensors } from './safetensors.ts'

const run = promisify(execFile)

let root: string
let cache: string
let dir: string
let count = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'float32-'))
})
afterAll(() => rm(root, { recursive: true }))
beforeEach(async () => {
  cache = join(root, `cache-${count}`)
  dir = join(root, `model-${count++}`)
  await mkdir(dir)
  await writeFile(join(dir, 'config.json'), '{"model_type":"llama"}')
  await store(1)
})

function store(scale: number): Promise<void> {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6).map((value) => value * scale)
  return writeSafetensors(join(dir, 'model.safetensors'), {
    kept: { dtype: 'F32', shape: [3, 2], data },
    half: { dtype: 'F16', shape: [6], data },
    brain: { dtype: 'BF16', shape: [2, 3], data },
    mask: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) },
  })
}

const cacheFile = async () =>
  join(cache, (await readdir(cache)).find((name) => name.endsWith('.safetensors'))!)

async function values(folder: ModelFolder): Promise<Record<string, number[]>> {
  const names = ['brain', 'half', 'kept']
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, Array.from((await loadWeight(folder, name)).data, Number)]),
    ),
  )
}
const one = [1, 2, 3, 4, 5, 6]

describe('ensureFloat32', () => {
  it('leaves a float32 model where it is', async () => {
    const golden = await openModelFolder(join(import.meta.dirname, 'golden/llama'))
    expect(await ensureFloat32(golden, cache)).toBe(golden)
    await expect(stat(cache)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('converts only what has to be converted, once, and says how far it is', async () => {
    const folder = await openModelFolder(dir)
    const progress: number[] = []
    const ready = await ensureFloat32(folder, cache, ({ done, total }) => progress.push(done / total))
    expect(progress).toEqual([0, 0.5, 1])
    const file = await cacheFile()
    const own = join(dir, 'model.safetensors')
    const places = [...ready.weights.values()].map(({ name, path, dtype }) => [name, path, dtype])
    expect(places.sort()).toEqual([
      ['brain', file, 'F32'],
      ['half', file, 'F32'],
      ['kept', own, 'F32'],
      ['mask', own, 'BOOL'],
    ])
    expect([...ready.weights.values()].filter(({ dtype, offset }) => dtype === 'F32' && offset % 4)).toEqual(
      [],
    )
    expect(await values(ready)).toEqual({ brain: one, half: one, kept: one })
    expect(ready).toMatchObject({ hash: folder.hash, totalParameters: 18, bytes: 73 })
    const { mtimeMs, ino } = await stat(file)
    const again = await ensureFloat32(folder, cache, () => progress.push(-1))
    expect(again).toEqual(ready)
    expect(await stat(file)).toMatchObject({ mtimeMs, ino })
    expect(progress).not.toContain(-1)
  })

  it('converts float32 that lies at an odd offset', async () => {
    const header = '{"kept":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    const bytes = Buffer.alloc(8 + header.length + 8)
    expect(header.length % 4).not.toBe(0)
    bytes.writeBigUInt64LE(BigInt(header.length))
    bytes.write(header, 8)
    bytes.writeFloatLE(7, 8 + header.length)
    await writeFile(join(dir, 'model.safetensors'), bytes)
    const ready = await ensureFloat32(await openModelFolder(dir), cache)
    expect(ready.weights.get('kept')!.offset % 4).toBe(0)
    expect([...(await loadWeight(ready, 'kept')).data]).toEqual([7, 0])
  })

  it('makes a new copy for weights that were changed in place', async () => {
    await ensureFloat32(await openModelFolder(dir), cache)
    await store(2)
    const two = one.map((value) => value * 2)
    expect(await values(await ensureFloat32(await openModelFolder(dir), cache))).toMatchObject({ half: two })
  })

  it('detects every kind of broken copy and makes it again', async () => {
    const folder = await openModelFolder(dir)
    await ensureFloat32(folder, cache)
    const file = await cacheFile()
    const record = file.replace('.safetensors', '.json')
    const flip = (bytes: Buffer) => bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1)
    const damages: Record<string, () => Promise<void>> = {
      'cut off': async () => writeFile(file, (await readFile(file)).subarray(0, -4)),
      'one bit': async () => writeFile(file, flip(await readFile(file))),
      'another file': () => writeSafetensors(file, {}),
      'no file': () => rm(file),
      'no record': () => rm(record),
      'broken record': () => writeFile(record, '{"size":1}'),
    }
    for (const [what, damage] of Object.entries(damages)) {
      await damage()
      let converted = false
      const ready = await ensureFloat32(folder, cache, () => {
        converted = true
      })
      expect([what, converted]).toEqual([what, true])
      expect(await values(ready)).toEqual({ brain: one, half: one, kept: one })
    }
  })

  it('proves a copy by its content where only its date changed', async () => {
    const folder = await openModelFolder(dir)
    await ensureFloat32(folder, cache)
    await utimes(await cacheFile(), 9, 9)
    const fail = () => {
      throw new Error('converted again')
    }
    await ensureFloat32(folder, cache, fail)
    await ensureFloat32(folder, cache, fail)
    expect((await stat(await cacheFile())).mtimeMs).toBe(9000)
  })

  it('stops when asked to and leaves nothing, and clears what a killed process left', async () => {
    const folder = await openModelFolder(dir)
    const stop = new AbortController()
    const stopped = ensureFloat32(folder, cache, () => stop.abort(), stop.signal)
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(cache)).toEqual([])
    await ensureFloat32(folder, cache)
    const file = await cacheFile()
    const left = file.replace(/([^/\\]+)$/, '.$1.99.abcd.tmp')
    const active = file.replace(/([^/\\]+)$/, '.$1.98.abcd.tmp')
    await writeFile(left, 'x')
    await utimes(left, 1, 1)
    await writeFile(active, 'x')
    await rm(file)
    await ensureFloat32(folder, cache)
    await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(stat(active)).resolves.toMatchObject({ size: 1 })
  })

  it('refuses float8, and a copy that does not fit on the disk', async () => {
    const path = join(dir, 'model.safetensors')
    await writeSafetensors(path, { a: { dtype: 'F8_E4M3', shape: [2], data: new Uint8Array(2) } })
    await expect(ensureFloat32(await openModelFolder(dir), cache)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('"a" is stored as F8_E4M3'),
    })
    // A sparse file: it claims 8 TB and takes a few bytes.
    const size = 8e12
    const header = Buffer.from(
      JSON.stringify({ a: { dtype: 'BF16', shape: [size / 2], data_offsets: [0, size] } }),
    )
    const handle = await open(path, 'w')
    const prefix = Buffer.alloc(8)
    prefix.writeBigUInt64LE(BigInt(header.length))
    await handle.write(Buffer.concat([prefix, header]))
    await handle.truncate(8 + header.length + size)
    await handle.close()
    await expect(ensureFloat32(await openModelFolder(dir), cache)).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringMatching(/the copy takes 16000\.0 GB, and .* has \d+\.\d GB free/),
    })
    expect(await readdir(cache)).toEqual([])
  })

  it('lets several processes ask for the same model at once, of which one converts', async () => {
    const size = 300_000
    const data = Float32Array.from({ length: size }, (_, i) => i % 256)
    await writeSafetensors(join(dir, 'model.safetensors'), {
      kept: { dtype: 'F32', shape: [1], data: Float32Array.of(1) },
      half: { dtype: 'F16', shape: [size], data },
      brain: { dtype: 'BF16', shape: [size], data },
    })
    const script = `
      import { ensureFloat32 } from ${JSON.stringify(join(import.meta.dirname, 'float32-cache.ts'))}
      import { loadWeight, openModelFolder } from ${JSON.stringify(join(import.meta.dirname, 'model-folder.ts'))}
      let converted = 0
      const folder = await openModelFolder(${JSON.stringify(dir)})
      const ready = await ensureFloat32(folder, ${JSON.stringify(cache)}, () => { converted = 1 })
      const sums = ['half', 'brain'].map(async (name) => (await loadWeight(ready, name)).data.reduce((a, b) => a + b, 0))
      console.log(JSON.stringify([converted, ...await Promise.all(sums)]))`
    const processes = Array.from({ length: 4 }, () =>
      run(process.execPath, ['--input-type=module', '-e', script]),
    )
    const sum = data.reduce((a, b) => a + b, 0)
    const said = (await Promise.all(processes)).map(({ stdout }): number[] => JSON.parse(stdout))
    expect(said.map((numbers) => numbers.slice(1))).toEqual(said.map(() => [sum, sum]))
    expect(said.map(([converted]) => converted).sort()).toEqual([0, 0, 0, 1])
    expect((await readdir(cache)).filter((name) => /\.(tmp|lock)$/.test(name))).toEqual([])
    const ready = await ensureFloat32(await openModelFolder(dir), cache)
    expect(ready.weights.get('half')?.path).toBe(await cacheFile())
  })
})
