import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  openSafetensors,
  readAllTensors,
  readTensor,
  readTensorBytes,
  type SafetensorsDtype,
  type StoredTensor,
  type TensorData,
  writeSafetensors,
} from '../safetensors.ts'

const GOLDEN = join(import.meta.dirname, '../golden/llama/model.safetensors')
const PYTHON = process.env.PEER_PYTHON ?? '/work/peer/venv/bin/python'

let dir: string
let path: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'safetensors-'))
  path = join(dir, 'x.safetensors')
})
afterAll(() => rm(dir, { recursive: true }))

const float16 = (bits: number) => {
  const fraction = (bits & 0x3ff) / 1024
  const exponent = (bits >> 10) & 31
  return (
    (bits & 0x8000 ? -1 : 1) * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15))
  )
}

interface Kind {
  readonly element: fc.Arbitrary<number>
  readonly store: (values: number[]) => TensorData
  /** What reading has to give for an element. */
  readonly read: (value: number) => number
}
const same = (value: number) => value
const integers = (min: number, max: number) => fc.integer({ min, max })
const KINDS: Partial<Record<SafetensorsDtype, Kind>> = {
  F32: { element: fc.float(), store: (v) => Float32Array.from(v), read: same },
  F64: { element: fc.double(), store: (v) => Float64Array.from(v), read: Math.fround },
  F16: { element: integers(0, 0x7bff), store: (v) => Uint16Array.from(v), read: float16 },
  BF16: {
    element: integers(0, 0x7f7f),
    store: (v) => Uint16Array.from(v),
    read: (bits) => new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!,
  },
  I64: {
    element: integers(-(2 ** 31), 2 ** 31 - 1),
    store: (v) => BigInt64Array.from(v, BigInt),
    read: same,
  },
  U64: { element: integers(0, 2 ** 31 - 1), store: (v) => BigUint64Array.from(v, BigInt), read: same },
  I32: { element: integers(-(2 ** 31), 2 ** 31 - 1), store: (v) => Int32Array.from(v), read: same },
  U32: { element: integers(0, 2 ** 31 - 1), store: (v) => Uint32Array.from(v), read: same },
  I16: { element: integers(-32768, 32767), store: (v) => Int16Array.from(v), read: same },
  U16: { element: integers(0, 65535), store: (v) => Uint16Array.from(v), read: same },
  I8: { element: integers(-128, 127), store: (v) => Int8Array.from(v), read: same },
  U8: { element: integers(0, 255), store: (v) => Uint8Array.from(v), read: same },
  BOOL: { element: integers(0, 1), store: (v) => Uint8Array.from(v), read: same },
}

const tensorArbitrary = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(KINDS) as SafetensorsDtype[])),
    // [] is a scalar; a 0 makes the tensor empty.
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
  })
  .chain(({ dtype, shape }) => {
    const size = shape.reduce((product, dimension) => product * dimension, 1)
    const elements = fc.array(KINDS[dtype]!.element, { minLength: size, maxLength: size })
    return elements.map((values) => ({ dtype, shape, values }))
  })
const nameArbitrary = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', '7', '', 'a.b\n"\\'))
  .filter((name) => name.isWellFormed() && name !== '__metadata__')

describe('write and read', () => {
  it('round-trips every dtype, shape, name and metadata', async () => {
    const entries = fc.uniqueArray(fc.tuple(nameArbitrary, tensorArbitrary), {
      maxLength: 6,
      selector: ([n]) => n,
    })
    const metadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })
    await fc.assert(
      fc.asyncProperty(entries, metadata, async (tensors, meta) => {
        const stored = tensors.map(([name, { dtype, shape, values }]): [string, StoredTensor] => [
          name,
          { dtype, shape, data: KINDS[dtype]!.store(values) },
        ])
        await writeSafetensors(path, new Map(stored), meta)
        const file = await openSafetensors(path)
        expect(Object.entries(file.metadata).sort()).toEqual(Object.entries(meta).sort())
        expect(file.dataOffset % 8).toBe(0)
        const read = await readAllTensors(file)
        expect([...read.keys()].sort()).toEqual(tensors.map(([name]) => name).sort())
        for (const [name, { dtype, shape, values }] of tensors) {
          const tensor = read.get(name)!
          expect(tensor.shape).toEqual(shape)
          expect([...tensor.data]).toEqual(values.map((value) => KINDS[dtype]!.read(value)))
          expect(await readTensor(file, name)).toEqual(tensor)
          const { buffer } = new Map(stored).get(name)!.data
          expect(Buffer.from(await readTensorBytes(file, name)).equals(Buffer.from(buffer))).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('writes what the reference library wrote, byte for byte', async () => {
    const file = await openSafetensors(GOLDEN)
    await writeSafetensors(path, await readAllTensors(file), file.metadata)
    expect((await readFile(path)).equals(await readFile(GOLDEN))).toBe(true)
  })

  it('rounds float32 to the stored type and takes tensors one by one', async () => {
    const log: string[] = []
    const lazy = (name: string, dtype: SafetensorsDtype) => ({
      dtype,
      shape: [3],
      load: async () => {
        log.push(name)
        return Float32Array.of(1, 0.1, -65504)
      },
    })
    await writeSafetensors(path, { h: lazy('h', 'F16'), d: lazy('d', 'F64'), b: lazy('b', 'BF16') })
    expect(log).toEqual(['d', 'b', 'h'])
    const read = await readAllTensors(await openSafetensors(path))
    expect([...read.get('h')!.data]).toEqual([1, 0.0999755859375, -65504])
    expect([...read.get('b')!.data]).toEqual([1, 0.10009765625, -65536])
    expect([...read.get('d')!.data]).toEqual([1, Math.fround(0.1), -65504])
  })

  it('converts tensors longer than one piece', async () => {
    const size = 2 ** 21 + 3
    const data = Float32Array.from({ length: size }, (_, i) => (i % 2048) - 1024)
    await writeSafetensors(path, { a: { dtype: 'F16', shape: [size], data } })
    const { data: read } = await readTensor(await openSafetensors(path), 'a')
    expect(Buffer.compare(Buffer.from(read.buffer), Buffer.from(data.buffer))).toBe(0)
  })
})

describe('refusals', () => {
  it.each<[string, string, StoredTensor, string]>([
    [
      'data too short',
      'a',
      { dtype: 'F32', shape: [3], data: new Float32Array(2) },
      'Float32Array of length 2',
    ],
    [
      'another array type',
      'a',
      { dtype: 'I32', shape: [1], data: new Float32Array(1) },
      'is not I32 of shape [1]',
    ],
    [
      'a negative dimension',
      'a',
      { dtype: 'U8', shape: [-1], data: new Uint8Array(1) },
      '[-1] is not a shape',
    ],
    ['a truth value of 2', 'a', { dtype: 'BOOL', shape: [1], data: Uint8Array.of(2) }, 'stored as 0 or 1'],
    [
      'the name of the metadata',
      '__metadata__',
      { dtype: 'U8', shape: [0], data: new Uint8Array() },
      'not allowed',
    ],
    ['a broken name', '\ud800', { dtype: 'U8', shape: [0], data: new Uint8Array() }, 'not allowed'],
  ])('does not write %s', async (_, name, tensor, sentence) => {
    const error = { code: 'bad-argument', message: expect.stringContaining(sentence) }
    await expect(writeSafetensors(join(dir, 'never'), { [name]: tensor })).rejects.toMatchObject(error)
    expect(existsSync(join(dir, 'never'))).toBe(false)
  })

  it('keeps the old file where a number is too large for 16 bits or a load fails', async () => {
    await writeFile(path, 'old')
    const big = { dtype: 'F16' as const, shape: [1], data: Float32Array.of(70000) }
    await expect(writeSafetensors(path, { big })).rejects.toMatchObject({
      code: 'bad-data',
      message: 'Cannot write tensor "big": it holds 70000, which is beyond the range of float16 (65504).',
    })
    const failure = new Error('gone')
    const load = () => Promise.reject(failure)
    await expect(writeSafetensors(path, { a: { dtype: 'F32', shape: [1], load } })).rejects.toBe(failure)
    const short = async () => new Float32Array(1)
    const promised = { dtype: 'F32' as const, shape: [2], load: short }
    await expect(writeSafetensors(path, { promised })).rejects.toMatchObject({ code: 'bad-argument' })
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(dir)).toEqual(['x.safetensors'])
  })

  it('names the nearest tensors for an unknown name', async () => {
    const file = await openSafetensors(GOLDEN)
    await expect(readTensor(file, 'model.layer.0.mlp.up_proj.weight')).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringMatching(/^The nearest names are "model\.layers\.0\.mlp\.up_proj\.weight", /),
    })
  })

  it('refuses integers beyond 32 bits, truth values beyond 1, types it does not compute with', async () => {
    const one = (dtype: SafetensorsDtype, data: TensorData) =>
      writeSafetensors(path, { a: { dtype, shape: [data.length], data } })
    for (const data of [
      BigInt64Array.of(2n ** 31n),
      BigInt64Array.of(-(2n ** 31n) - 1n),
      BigInt64Array.of(2n ** 32n),
    ]) {
      await one('I64', data)
      await expect(readTensor(await openSafetensors(path), 'a')).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringContaining('it holds I64 integers that do not fit in 32 bits'),
      })
    }
    await one('U32', Uint32Array.of(2 ** 31))
    await expect(readTensor(await openSafetensors(path), 'a')).rejects.toMatchObject({ code: 'bad-file' })
    await one('U64', BigUint64Array.of(2n ** 31n))
    await expect(readTensor(await openSafetensors(path), 'a')).rejects.toMatchObject({ code: 'bad-file' })
    await one('F8_E4M3', new Uint8Array(4))
    await expect(readTensor(await openSafetensors(path), 'a')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('the studio does not compute with F8_E4M3'),
    })
    await one('BOOL', Uint8Array.of(1))
    const bytes = await readFile(path)
    bytes[bytes.length - 1] = 3
    await writeFile(path, bytes)
    await expect(readTensor(await openSafetensors(path), 'a')).rejects.toMatchObject({
      message: expect.stringContaining('it holds the byte 3 where a truth value is 0 or 1'),
    })
  })

  it('notices a file that changed after it was opened', async () => {
    await writeSafetensors(path, { a: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } })
    const file = await openSafetensors(path)
    await utimes(path, 1, 1)
    await expect(readTensor(file, 'a')).rejects.toMatchObject({
      message: expect.stringContaining('changed by another program'),
    })
    await rm(path)
    await expect(readTensor(file, 'a')).rejects.toMatchObject({ code: 'not-found' })
  })
})

// Skipped where no Python with the reference library is at hand: set PEER_PYTHON to its path to run it.
describe.skipIf(!existsSync(PYTHON))(
  'the reference library (skipped without Python: set PEER_PYTHON)',
  () => {
    it('reads what we write and writes the same bytes itself', async () => {
      const data = Float32Array.of(0.1, -2, 65504, 1e-8, 0, 3)
      const shape = [2, 3]
      await writeSafetensors(path, {
        'é.f32': { dtype: 'F32', shape, data },
        f64: { dtype: 'F64', shape, data },
        f16: { dtype: 'F16', shape, data },
        bf16: { dtype: 'BF16', shape, data },
        '7': { dtype: 'I64', shape: [], data: BigInt64Array.of(-7n) },
        i32: { dtype: 'int32', shape: [2], data: Int32Array.of(-3, 4) },
        i8: { dtype: 'I8', shape: [1], data: Int8Array.of(-8) },
        b: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
        none: { dtype: 'F32', shape: [0, 4], data: new Float32Array() },
      })
      const again = join(dir, 'again.safetensors')
      const script = `
import json, sys, torch
from safetensors.torch import load_file, save_file
from safetensors import safe_open
t = load_file(sys.argv[1])
x = torch.tensor([[0.1, -2, 65504], [1e-8, 0, 3]])
ok = {k: bool(torch.equal(t[k], x.to(t[k].dtype))) for k in ['é.f32', 'f64', 'f16', 'bf16']}
save_file(t, sys.argv[2], safe_open(sys.argv[1], 'pt').metadata())
print(json.dumps({'ok': ok, 'dtypes': {k: str(v.dtype) for k, v in t.items()},
  'rest': {k: t[k].tolist() for k in ['7', 'i32', 'i8', 'b', 'none']}}))`
      const said = JSON.parse(execFileSync(PYTHON, ['-c', script, path, again], { encoding: 'utf8' }))
      expect(said.ok).toEqual({ 'é.f32': true, f64: true, f16: true, bf16: true })
      expect(said.dtypes).toMatchObject({ f16: 'torch.float16', bf16: 'torch.bfloat16', b: 'torch.bool' })
      expect(said.rest).toEqual({ '7': -7, i32: [-3, 4], i8: [-8], b: [true, false], none: [] })
      expect((await readFile(path)).equals(await readFile(again))).toBe(true)
    })
  },
)
