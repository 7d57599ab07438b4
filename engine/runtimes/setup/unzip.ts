/** Takes single files out of a ZIP archive (a Python wheel is one) without reading the rest. */
import { createReadStream, createWriteStream } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'
import { StudioError } from '../../errors.ts'

interface Entry {
  readonly name: string
  readonly method: number
  readonly compressedBytes: number
  readonly headerOffset: number
}

const END = 0x06054b50
const DEFLATED = 8

/**
 * @param targetOf path to write an entry to, undefined for what is not wanted
 * @returns how many files were written
 * @throws StudioError('bad-file') where the archive cannot be read
 */
export async function unzip(path: string, targetOf: (name: string) => string | undefined): Promise<number> {
  const archive = await open(path, 'r')
  try {
    const wanted = (await readDirectory(archive, path)).flatMap((entry) => {
      const target = entry.name.endsWith('/') ? undefined : targetOf(entry.name)
      return target === undefined ? [] : [{ entry, target }]
    })
    for (const { entry, target } of wanted) await extract(path, archive, entry, target)
    return wanted.length
  } finally {
    await archive.close()
  }
}

async function readDirectory(archive: FileHandle, path: string): Promise<Entry[]> {
  const { size } = await archive.stat()
  const tail = await readAt(archive, Math.max(0, size - 65_557), Math.min(size, 65_557))
  const end = tail.findLastIndex((_, i) => i + 22 <= tail.length && tail.readUInt32LE(i) === END)
  if (end < 0)
    throw new StudioError(
      'bad-file',
      `${path} is no ZIP archive, or it is cut off.`,
      'Download the wheel again.',
    )
  const directory = await readAt(archive, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
  const entries: Entry[] = []
  for (let at = 0; at < directory.length; ) {
    const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ]
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + name),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    })
    at += 46 + name + extra + comment
  }
  return entries
}

async function extract(path: string, archive: FileHandle, entry: Entry, target: string): Promise<void> {
  const header = await readAt(archive, entry.headerOffset, 30)
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  await mkdir(dirname(target), { recursive: true })
  if (entry.compressedBytes === 0) return (await open(target, 'w')).close()
  const source = createReadStream(path, {
    start,
    end: start + entry.compressedBytes - 1,
    highWaterMark: 2 ** 20,
  })
  const inflate = entry.method === DEFLATED ? createInflateRaw() : new PassThrough()
  await pipeline(source, inflate, createWriteStream(target))
}

async function readAt(archive: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  await archive.read(bytes, 0, length, offset)
  return bytes
}
