import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../errors.ts'
import { openSafetensors, readAllTensors, writeSafetensors } from '../safetensors.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'header-'))
})
afterAll(() => rm(dir, { recursive: true }))

function fileOf(header: string | Uint8Array, data = 0, length?: bigint): Buffer {
  const text = Buffer.from(header)
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(length ?? BigInt(text.length))
  return Buffer.concat([prefix, text, Buffer.alloc(data)])
}

async function opening(bytes: Uint8Array): Promise<StudioError> {
  const path = join(dir, 'x.safetensors')
  await writeFile(path, bytes)
  const error = await openSafetensors(path).catch((thrown: unknown) => thrown)
  if (!(error instanceof StudioError)) throw new Error(`no StudioError but ${error}`)
  expect(error.message).toContain(`Cannot read ${path}: `)
  expect(error.hint).not.toBe('')
  return error
}

const a = (fields: object) =>
  JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...fields } })
const two = (first: [number, number], second: [number, number]) =>
  JSON.stringify({
    a: { dtype: 'U8', shape: [first[1] - first[0]], data_offsets: first },
    b: { dtype: 'U8', shape: [second[1] - second[0]], data_offsets: second },
  })

const DEFECTS: readonly [string, Uint8Array, string][] = [
  ['no bytes', Buffer.alloc(0), 'it has 0 bytes, and a safetensors file begins with 8'],
  ['seven bytes', Buffer.alloc(7), 'it has 7 bytes'],
  ['header length zero', fileOf('', 4, 0n), 'its header has length zero'],
  ['header over the limit', fileOf('{}', 0, 100_000_001n), 'more than the 100000000 that are allowed'],
  ['header length 2^64 - 1', fileOf('{}', 0, 2n ** 64n - 1n), 'more than the 100000000 that are allowed'],
  [
    'header beyond the file',
    fileOf('{}', 0, 3n),
    'header would be 3 bytes long, and the file ends after 10 bytes',
  ],
  ['invalid UTF-8', fileOf(Buffer.from([0x7b, 0xff, 0x7d])), 'its header is not valid UTF-8 text'],
  ['invalid JSON', fileOf('{"a":'), 'its header is not valid JSON'],
  ['a byte-order mark', fileOf('\ufeff{}'), 'its header is not valid JSON'],
  ['a JSON list', fileOf('[]'), 'its header is not a JSON object'],
  ['leading blanks', fileOf('  {}'), 'its header is not a JSON object'],
  ['a tensor twice', fileOf(`{"a":1,"\\u0061" :2}`), 'its header holds the key "a" twice'],
  ['a field twice', fileOf(`{"a":{"dtype":"F32","dtype":"F16"}}`), 'holds the key "dtype" twice'],
  ['metadata no object', fileOf('{"__metadata__":7}'), 'its __metadata__ is not an object'],
  ['metadata no text', fileOf('{"__metadata__":{"n":7}}'), '__metadata__ entry "n" is not a text'],
  ['entry no object', fileOf('{"a":null}'), 'the entry of tensor "a" is not an object'],
  ['lone surrogate', fileOf('{"\\ud800":{}}'), 'is not valid Unicode'],
  ['unknown dtype', fileOf(a({ dtype: 'F33' }), 8), 'tensor "a" has the unknown dtype "F33"'],
  ['inherited dtype', fileOf(a({ dtype: 'toString' }), 8), 'unknown dtype "toString"'],
  ['no dtype', fileOf(a({ dtype: undefined }), 8), 'unknown dtype undefined'],
  ['shape no list', fileOf(a({ shape: 2 }), 8), 'the shape of tensor "a" is not a list'],
  ['negative shape', fileOf(a({ shape: [-2] }), 8), 'the shape of tensor "a" is not a list of whole numbers'],
  [
    'fractional shape',
    fileOf(a({ shape: [1.5] }), 8),
    'the shape of tensor "a" is not a list of whole numbers',
  ],
  ['text in shape', fileOf(a({ shape: ['2'] }), 8), 'the shape of tensor "a" is not a list of whole numbers'],
  [
    'unsafe shape',
    fileOf(a({ shape: [2 ** 53] }), 8),
    'the shape of tensor "a" is not a list of whole numbers',
  ],
  ['overflowing shape', fileOf(a({ shape: [2 ** 40, 2 ** 40] }), 8), 'has no size that F32 can fill'],
  ['size not in bytes', fileOf(a({ dtype: 'F4', shape: [3] }), 8), 'has no size that F4 can fill'],
  ['one offset', fileOf(a({ data_offsets: [0] }), 8), 'data_offsets of tensor "a" are not two whole numbers'],
  ['negative offset', fileOf(a({ data_offsets: [-8, 0] }), 8), 'data_offsets of tensor "a" are not two'],
  [
    'offsets reversed',
    fileOf(a({ data_offsets: [8, 0] }), 8),
    'the data of tensor "a" ends (0) before it begins (8)',
  ],
  [
    'bytes unlike shape',
    fileOf(a({ data_offsets: [0, 4] }), 4),
    'has 4 bytes where F32 of shape [2] takes 8',
  ],
  ['overlap', fileOf(two([0, 4], [2, 6]), 6), 'tensor "b" overlaps tensor "a"'],
  ['empty tensor inside', fileOf(two([0, 4], [2, 2]), 4), 'tensor "b" overlaps tensor "a"'],
  ['hole', fileOf(two([0, 4], [6, 8]), 8), 'a hole of 2 bytes between tensor "a" and tensor "b"'],
  [
    'hole at the start',
    fileOf(two([1, 4], [4, 8]), 8),
    'a hole of 1 bytes between the header and tensor "a"',
  ],
  ['trailing bytes', fileOf(a({}), 11), '3 bytes follow its last tensor'],
  ['cut off', fileOf(a({}), 5), 'it is cut off: its tensors end at byte 70, the file at byte 67'],
  [
    'Git LFS pointer',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
    'a Git LFS pointer',
  ],
  [
    'PyTorch zip',
    Buffer.from('PK\x03\x04\x00\x00\x08\x08 archive/data.pkl'),
    'a zip archive, most likely a PyTorch',
  ],
  ['old pickle', Buffer.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]), 'is a Python pickle'],
  ['GGUF', Buffer.from('GGUF\x03\x00\x00\x00\x01'), 'is a GGUF file'],
  ['HDF5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), 'is an HDF5 file'],
  ['web page', Buffer.from('\n<!DOCTYPE html><html>not found</html>'), 'a web page'],
  ['zero bytes', Buffer.alloc(4096), 'only zero bytes'],
]

describe('defects of a safetensors file', () => {
  it.each(DEFECTS)('%s', async (_, bytes, sentence) => {
    const error = await opening(bytes)
    expect(error.code).toBe('bad-file')
    expect(error.message).toContain(sentence)
  })

  it('names a missing file, a folder and a pipe', async () => {
    await expect(openSafetensors(join(dir, 'none'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(openSafetensors(dir)).rejects.toMatchObject({
      code: 'bad-file',
      message: `Cannot read ${dir}: it is a folder, not a file.`,
    })
    if (process.platform === 'win32') return
    const pipe = join(dir, 'pipe')
    execFileSync('mkfifo', [pipe])
    await expect(openSafetensors(pipe)).rejects.toMatchObject({ code: 'bad-file' })
  })

  it('opens what is unusual but allowed: nothing inside, unknown fields, null metadata, empty tensors, odd names', async () => {
    const path = join(dir, 'ok.safetensors')
    await writeFile(path, fileOf('{}'))
    expect((await openSafetensors(path)).tensors.size).toBe(0)
    const empty = { dtype: 'F32', shape: [0, 3], data_offsets: [0, 0] }
    const text = `{"__metadata__":null,"__proto__":${JSON.stringify(empty)},"7":${a({ note: 1 }).slice(5, -1)}}   `
    await writeFile(path, fileOf(text, 8))
    const { tensors, dataOffset } = await openSafetensors(path)
    expect(tensors.get('__proto__')).toEqual({ dtype: 'F32', shape: [0, 3], offset: dataOffset, bytes: 0 })
    expect([...tensors.keys()]).toEqual(['__proto__', '7'])
  })

  it('never meets random damage with anything but a StudioError or a whole read', async () => {
    const source = join(dir, 'good.safetensors')
    await writeSafetensors(source, {
      w: { dtype: 'F16', shape: [2, 3], data: new Uint16Array(6) },
      i: { dtype: 'I64', shape: [2], data: BigInt64Array.of(-5n, 7n) },
      b: { dtype: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1) },
    })
    const good = await readFile(source)
    const path = join(dir, 'damaged.safetensors')
    const outcomes = { read: 0, refused: 0 }
    const damage = fc.oneof(
      fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) }),
      // Damage to the first bytes hits the header length, which is the most dangerous field.
      fc.record({ at: fc.nat(7), byte: fc.nat(255) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { maxLength: 3 }),
        fc.option(fc.nat(good.length)),
        async (damages, cut) => {
          const bytes = Buffer.from(good)
          for (const { at, byte } of damages) bytes[at] = byte
          await writeFile(path, bytes.subarray(0, cut ?? bytes.length))
          try {
            const file = await openSafetensors(path)
            for (const [name, tensor] of await readAllTensors(file)) {
              const { shape } = file.tensors.get(name)!
              expect(tensor.data.length).toBe(shape.reduce((product, dimension) => product * dimension, 1))
            }
            outcomes.read++
          } catch (error) {
            expect(error).toBeInstanceOf(StudioError)
            expect(error).toMatchObject({ code: expect.stringMatching(/^(bad-file|unsupported)$/) })
            outcomes.refused++
          }
        },
      ),
      { numRuns: 1500 },
    )
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(20)
  })
})
