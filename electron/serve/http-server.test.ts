import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../store/testing/folders.ts'
import { startHeadless } from './start-headless.ts'
import { ask, openSocket, openStudio, signIn, visit } from './testing/visitor.ts'

/** A page of two files, and a secret beside its folder. */
function builtPage(): string {
  const folder = temporaryFolder()
  const pages = join(folder, 'page')
  mkdirSync(join(pages, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(pages, '.sources'), 'hidden')
  writeFileSync(join(pages, 'index.html'), '<meta name="csp-nonce" content="__NONCE__" />')
  writeFileSync(join(pages, 'assets/main-3fA9.js'), 'run()')
  return pages
}

test('it listens on this machine only', async () => {
  const { url, port } = await openStudio()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
  const elsewhere = connect({ port, host: '127.0.0.2' })
  const [error] = await once(elsewhere, 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
})

test('the token opens the session, leaves the address, and can be used again', async () => {
  const studio = await openStudio({ pages: builtPage() })
  const { pathname, search } = new URL(studio.url)
  for (const _tab of ['first', 'second']) {
    const { status, headers } = await ask(studio, pathname + search)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^peft-studio-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/),
    ])
    expect(headers['set-cookie']?.[0]).not.toContain(search.slice('?token='.length))
  }
  const cookie = await signIn(studio)
  expect((await ask(studio, '/', { headers: { cookie } })).text).toContain('csp-nonce')
  expect((await ask(studio, '/', { headers: { cookie: `other=1; ${cookie}; more=2` } })).status).toBe(200)
})

test('an address for a command line opens it once', async () => {
  const studio = await openStudio({ pages: builtPage() })
  const { pathname, search } = new URL(studio.admission())
  expect((await ask(studio, pathname + search)).status).toBe(303)
  expect((await ask(studio, pathname + search)).status).toBe(401)
})

test.each([
  '/',
  '/assets/main-3fA9.js',
  '/download/1',
  '/upload?name=x',
  '/session',
  '/?token=',
  '/?token=wrong',
  '/none',
])('nobody gets %s without the session', async (path) => {
  const studio = await openStudio({ pages: builtPage() })
  for (const cookie of ['', `peft-studio-${studio.port}=`, `peft-studio-${studio.port}=wrong`]) {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const { status, text } = await ask(studio, path, { method, headers: { cookie } })
      expect(status, `${method} ${cookie}`).toBe(401)
      expect(text).toContain('Open the address that PEFT Studio printed')
    }
  }
})

test('another name for this machine (DNS rebinding) and other sites are refused, even with the cookie', async () => {
  const studio = await openStudio({ pages: builtPage() })
  const cookie = await signIn(studio)
  const status = async (headers: Record<string, string>, path = '/') =>
    (await ask(studio, path, { headers: { cookie, ...headers } })).status
  expect(await status({})).toBe(200)
  expect(await status({ host: `localhost:${studio.port}` })).toBe(200)
  // The near end of an SSH tunnel.
  expect(await status({ host: 'localhost:8080', origin: 'http://localhost:8080' })).toBe(200)
  expect(await status({ host: `[::1]:${studio.port}` })).toBe(200)
  expect(await status({ host: `evil.example:${studio.port}` })).toBe(403)
  expect(await status({ host: '127.0.0.1.evil.example' })).toBe(403)
  expect(await status({ host: 'localhost@evil.example' })).toBe(403)
  expect(await status({ origin: 'https://evil.example' })).toBe(403)
  expect(await status({ origin: 'null' })).toBe(403)
  expect(await status({ origin: `http://127.0.0.1:${studio.port + 1}` })).toBe(403)
  expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
  expect(await status({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).toBe(403)
  // The token does not help a page that got hold of it.
  expect(
    await status({ cookie: '', host: 'evil.example' }, new URL(studio.url).search.replace('?', '/?')),
  ).toBe(403)
})

test('a link on another site (a terminal in a browser) opens the studio, with a page that moves on', async () => {
  const studio = await openStudio({ pages: builtPage() })
  const { pathname, search } = new URL(studio.url)
  const headers = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }
  const { status, headers: answered } = await ask(studio, pathname + search, { headers })
  expect(status).toBe(200)
  expect(answered).toMatchObject({ refresh: '0; url=/', 'set-cookie': [expect.any(String)] })
})

test('the page comes with a strict policy and a nonce of its own each time', async () => {
  const studio = await openStudio({ pages: builtPage() })
  const cookie = await signIn(studio)
  const nonces = new Set<string>()
  for (let time = 0; time < 3; time++) {
    const { headers, text } = await ask(studio, '/', { headers: { cookie } })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(policy).toContain("frame-ancestors 'none'")
    const nonce = /content="([^"]+)"/.exec(text)?.[1] ?? ''
    expect(policy).toContain(`'nonce-${nonce}'`)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' })
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(3)
  const asset = await ask(studio, '/assets/main-3fA9.js', { headers: { cookie } })
  expect(asset.text).toBe('run()')
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'private, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  })
})

test('nothing outside the page’s folder, and nothing hidden in it, can be fetched', async () => {
  const studio = await openStudio({ pages: builtPage() })
  const cookie = await signIn(studio)
  for (const path of [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/.sources',
    '/assets/',
    '/assets',
    '/index.html%00.js',
    '/file:///etc/passwd',
  ]) {
    const { status, text } = await ask(studio, path, { headers: { cookie } })
    expect([404, 400], path).toContain(status)
    expect(text).not.toContain('secret\n')
    expect(text).not.toBe('secret')
  }
  expect((await ask(studio, 'http://elsewhere.example/', { headers: { cookie } })).status).toBe(400)
  expect((await ask(studio, '*', { method: 'OPTIONS', headers: { cookie } })).status).toBe(400)
})

test('a socket needs the session and the studio’s own page', async () => {
  const studio = await openStudio()
  const cookie = await signIn(studio)
  const origin = `http://127.0.0.1:${studio.port}`
  await expect(openSocket(studio, {})).rejects.toThrow('403')
  await expect(openSocket(studio, { cookie })).rejects.toThrow('403')
  await expect(openSocket(studio, { origin })).rejects.toThrow('401')
  await expect(openSocket(studio, { cookie: `${cookie}x`, origin })).rejects.toThrow('401')
  await expect(openSocket(studio, { cookie, origin: 'https://evil.example' })).rejects.toThrow('403')
  await expect(openSocket(studio, { cookie, origin, host: 'evil.example' })).rejects.toThrow('403')
  await expect(openSocket(studio, { cookie, origin }, '/other')).rejects.toThrow('404')
  await expect(openSocket(studio, { cookie, origin })).resolves.toBeDefined()
})

test('calls go over the socket; failures keep cause and remedy, also those of the input', async () => {
  const { client } = await visit(await openStudio())
  expect(await client.system.info()).toMatchObject({ shell: 'headless' })
  await expect(client.jobs.cancel({ id: 'none' })).rejects.toMatchObject({
    data: { code: 'not-found', hint: expect.any(String) },
  })
  await expect(client.system.changeSettings({ memoryLimitBytes: 1 })).rejects.toMatchObject({
    data: { code: 'bad-argument', message: expect.stringContaining('memoryLimitBytes') },
  })
})

test('the page of a session that is good hears so', async () => {
  const studio = await openStudio()
  const { status } = await ask(studio, '/session', { headers: { cookie: await signIn(studio) } })
  expect(status).toBe(204)
})

test('a port that is taken is said in a sentence, and the data folder is free again', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const dataDir = temporaryFolder()
  await expect(startHeadless({ dataDir, port })).rejects.toMatchObject({
    code: 'bad-argument',
    message: `Port ${port} is in use by another program.`,
    hint: expect.stringContaining('--port 0'),
  })
  await expect(openStudio({ dataDir })).resolves.toBeDefined()
})

test('two studios on one machine do not end each other’s sessions', async () => {
  const [one, two] = [await openStudio({ pages: builtPage() }), await openStudio({ pages: builtPage() })]
  const cookie = `${await signIn(one)}; ${await signIn(two)}`
  for (const studio of [one, two]) expect((await ask(studio, '/', { headers: { cookie } })).status).toBe(200)
})

test('closing ends open connections', async () => {
  const studio = await startHeadless({ dataDir: temporaryFolder() })
  const { socket, client } = await visit(studio)
  const stream = await client.system.changes()
  const ended = stream.next().then(
    ({ done }) => done,
    () => true,
  )
  await studio.close()
  if (socket.readyState !== socket.CLOSED) await once(socket, 'close')
  expect(await ended).toBe(true)
})
