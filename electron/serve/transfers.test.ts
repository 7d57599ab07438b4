import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { openHost } from '../host/host.ts'
import { openUploads } from '../host/uploads.ts'
import { temporaryFolder, temporaryMount } from '../store/testing/folders.ts'
import { ask, openStudio, signIn } from './testing/visitor.ts'

test('a file that is sent lies in the data folder, and is known by its id until it is removed', async () => {
  const studio = await openStudio()
  const cookie = await signIn(studio)
  const body = `prompt,completion\n${'café,☕\n'.repeat(50_000)}`
  const { status, text } = await ask(studio, `/upload?name=${encodeURIComponent('../Übung 1.csv')}`, {
    method: 'POST',
    headers: { cookie },
    body,
  })
  expect(status).toBe(200)
  const { uploadId, path, bytes } = JSON.parse(text)
  expect(bytes).toBe(Buffer.byteLength(body))
  expect(path).toBe(join(studio.host.dataDir, 'uploads', uploadId, 'Übung 1.csv'))
  expect(await readFile(path, 'utf8')).toBe(body)
  expect(studio.host.uploads.path(uploadId)).toBe(path)
  await studio.host.uploads.remove(uploadId)
  expect(existsSync(path)).toBe(false)
  expect(() => studio.host.uploads.path(uploadId)).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test('an upload that breaks off leaves nothing', async () => {
  const studio = await openStudio()
  const cookie = await signIn(studio)
  const folder = join(studio.host.dataDir, 'uploads')
  const { port } = studio
  const sending = request({
    host: '127.0.0.1',
    port,
    path: '/upload?name=rows.jsonl',
    method: 'POST',
    headers: { cookie, 'content-length': 10_000_000 },
  })
  sending.on('error', () => {})
  sending.write('x'.repeat(200_000))
  await vi.waitUntil(() => existsSync(folder) && readdirSync(folder).length === 1, { timeout: 5_000 })
  sending.destroy()
  await vi.waitUntil(() => readdirSync(folder).length === 0, { timeout: 5_000 })
})

test.each([
  ['/upload?name=', 'x', 'The file has no name.'],
  ['/upload', 'x', 'The file has no name.'],
  ['/upload?name=..', 'x', 'The file has no name.'],
])('%s is refused with the reason', async (path, body, message) => {
  const studio = await openStudio()
  const headers = { cookie: await signIn(studio) }
  const { status, text } = await ask(studio, path, { method: 'POST', headers, body })
  expect(status).toBe(400)
  expect(JSON.parse(text)).toMatchObject({ code: 'bad-argument', message, hint: expect.any(String) })
  expect(await ask(studio, '/upload?name=x', { headers })).toMatchObject({ status: 400 })
})

test('what does not fit on the disk is refused before it is written', async ({ skip }) => {
  const folder = temporaryMount(20_000) ?? skip('mounting a small disk is not permitted here')
  const uploads = await openUploads(folder)
  await expect(uploads.receive('big.csv', Readable.from([Buffer.alloc(100)]))).rejects.toMatchObject({
    code: 'disk',
    message: expect.stringContaining('not enough space'),
  })
  expect(readdirSync(join(folder, 'uploads'))).toEqual([])
})

test('a file that announces more than the disk has is refused', async () => {
  const uploads = await openUploads(temporaryFolder())
  const huge = uploads.receive('big.csv', Readable.from(['x']), Number.MAX_SAFE_INTEGER)
  await expect(huge).rejects.toMatchObject({ code: 'disk' })
})

test('what an earlier life of the studio left is gone', async () => {
  const dataDir = temporaryFolder()
  mkdirSync(join(dataDir, 'uploads/old'), { recursive: true })
  writeFileSync(join(dataDir, 'uploads/old/rows.csv'), 'x')
  const host = await openHost({ shell: 'headless', dataDir })
  await host.close()
  expect(existsSync(join(dataDir, 'uploads/old'))).toBe(false)
})

test('a download is fetched once, under its own name and type', async () => {
  const studio = await openStudio()
  const headers = { cookie: await signIn(studio) }
  const rows = Array.from({ length: 10_000 }, (_, n) => `${n},${n / 7}\n`)
  const ticket = studio.host.downloads.offer({
    name: "Läufe (beste) 'x'.csv",
    type: 'text/csv; charset=utf-8',
    open: () => Readable.from(rows),
  })
  const first = await ask(studio, `/download/${ticket}`, { headers })
  expect(first).toMatchObject({ status: 200, text: rows.join('') })
  expect(first.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': "attachment; filename*=UTF-8''L%C3%A4ufe%20%28beste%29%20%27x%27.csv",
    'cache-control': 'no-store',
  })
  expect(await ask(studio, `/download/${ticket}`, { headers })).toMatchObject({ status: 404 })
  expect(await ask(studio, '/download/1234', { headers })).toMatchObject({ status: 404 })
})

test('an export that fails in the middle does not look whole; one that fails at once says why', async () => {
  const studio = await openStudio()
  const cookie = await signIn(studio)
  const quiet = vi.spyOn(console, 'error').mockReturnValue()
  const failing = studio.host.downloads.offer({
    name: 'a.csv',
    type: 'text/csv',
    open: () =>
      Readable.from(
        (async function* () {
          yield 'first row\n'
          await sleep(20)
          throw new Error('the disk was pulled out')
        })(),
      ),
  })
  await expect(ask(studio, `/download/${failing}`, { headers: { cookie } })).rejects.toMatchObject({
    code: 'ECONNRESET',
  })
  const impossible = studio.host.downloads.offer({
    name: 'a.csv',
    type: 'text/csv',
    open: () => {
      throw new Error('the run is gone')
    },
  })
  const { status, text } = await ask(studio, `/download/${impossible}`, { headers: { cookie } })
  expect(status).toBe(500)
  expect(JSON.parse(text).message).toBe('the run is gone')
  quiet.mockRestore()
})

test('a reader that leaves ends what makes the file', async () => {
  const studio = await openStudio()
  const cookie = await signIn(studio)
  const endless = Readable.from(
    (function* () {
      for (;;) yield 'row\n'.repeat(1_000)
    })(),
  )
  const ticket = studio.host.downloads.offer({ name: 'a.csv', type: 'text/csv', open: () => endless })
  const reading = request({
    host: '127.0.0.1',
    port: studio.port,
    path: `/download/${ticket}`,
    headers: { cookie },
  })
  reading.on('error', () => {})
  reading.end()
  const [answer] = await once(reading, 'response')
  await once(answer, 'data')
  reading.destroy()
  await vi.waitUntil(() => endless.destroyed, { timeout: 5_000 })
})

test('a ticket that nobody uses is good for a while only', async () => {
  const { openDownloads } = await import('../host/downloads.ts')
  const downloads = openDownloads(20)
  const ticket = downloads.offer({ name: 'a', type: 'text/plain', open: () => Readable.from([]) })
  await sleep(40)
  expect(downloads.take(ticket)).toBeUndefined()
})
