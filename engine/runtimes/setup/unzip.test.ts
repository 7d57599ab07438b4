/** Archives written here byte by byte, from the format's description. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unpackLibrary } from './native-addon.ts'
import { unzip } from './unzip.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unzip-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Member {
  readonly name: string
  readonly content: string
  readonly deflate?: true
}

function archive(members: readonly Member[], comment = ''): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, content, deflate } of members) {
    const [raw, title] = [Buffer.from(content), Buffer.from(name)]
    const data = deflate ? deflateRawSync(raw) : raw
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(deflate ? 8 : 0, 4)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(raw.length, 18)
    fields.writeUInt16LE(title.length, 22)
    const extra = Buffer.from('extra')
    const local = Buffer.from(fields)
    local.writeUInt16LE(extra.length, 24)
    parts.push(Buffer.from('PK\x03\x04'), local, title, extra, data)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), fields, place, title)
    at += 4 + 26 + title.length + extra.length + data.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(at, 12)
  end.writeUInt16LE(comment.length, 16)
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end, Buffer.from(comment)])
}

test('single files are taken out, stored or deflated', async () => {
  const path = join(folder, 'some.whl')
  const long = 'a library '.repeat(10_000)
  await writeFile(
    path,
    archive(
      [
        { name: 'package/', content: '' },
        { name: 'package/stored.h', content: 'int x;' },
        { name: 'package/unwanted', content: 'no' },
        { name: 'package/deflated.so', content: long, deflate: true },
        { name: 'package/empty', content: '' },
      ],
      'a comment with PK\x05\x06',
    ),
  )
  const target = (name: string) => (name.endsWith('unwanted') ? undefined : join(folder, 'out', name))
  expect(await unzip(path, target)).toBe(3)
  const text = (name: string) => readFile(join(folder, 'out/package', name), 'utf8')
  expect([await text('stored.h'), await text('deflated.so'), await text('empty')]).toEqual([
    'int x;',
    long,
    '',
  ])
})

test('what is no archive is refused', async () => {
  const path = join(folder, 'broken.whl')
  await writeFile(path, archive([{ name: 'a', content: 'b' }]).subarray(0, 40))
  await expect(unzip(path, () => undefined)).rejects.toMatchObject({ code: 'bad-file' })
})

test('a wheel without the library is refused', async () => {
  const path = join(folder, 'other.whl')
  await writeFile(path, archive([{ name: 'numpy/core.so', content: 'x' }]))
  await expect(unpackLibrary(path, join(folder, 'package'))).rejects.toThrow(
    /holds no libtensorflow_cc\.so\.2/,
  )
})

test('library and headers of a wheel go where the build looks', async () => {
  const path = join(folder, 'tensorflow.whl')
  const members = [
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.so.2',
    'tensorflow/include/tensorflow/c/c_api.h',
    'tensorflow/include/Eigen/Core.h',
  ]
  await writeFile(path, archive(members.map((name) => ({ name, content: name, deflate: true as const }))))
  const at = join(folder, 'tfjs-node')
  await unpackLibrary(path, at)
  expect(await readFile(join(at, 'deps/lib/libtensorflow.so'), 'utf8')).toBe(members[0])
  expect(await readFile(join(at, 'deps/lib/libtensorflow_framework.so'), 'utf8')).toBe(members[1])
  expect(await readFile(join(at, 'deps/include/tensorflow/c/c_api.h'), 'utf8')).toBe(members[2])
  await expect(readFile(join(at, 'deps/include/Eigen/Core.h'))).rejects.toThrow(/ENOENT/)
})
