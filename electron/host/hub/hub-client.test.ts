import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { hubEndpoint } from './hub-client.ts'

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('the hub that is asked: the setting, else HF_ENDPOINT, else the usual one', async () => {
  expect(await hubEndpoint('https://mirror.example/', { HF_ENDPOINT: 'https://x.example' })).toBe(
    'https://mirror.example',
  )
  expect(await hubEndpoint(null, { HF_ENDPOINT: 'http://127.0.0.1:80' })).toBe('http://127.0.0.1:80')
  expect(await hubEndpoint(null, { HF_ENDPOINT: '' })).toMatch(/^https:/)
  await expect(hubEndpoint(null, { HF_ENDPOINT: 'ftp://x' })).rejects.toMatchObject({ code: 'bad-argument' })
  await expect(hubEndpoint('nonsense', {})).rejects.toMatchObject({ code: 'bad-argument' })
})

test('a proxy of the environment is used', async () => {
  const hub = await listening(createServer((_, response) => response.end('from the hub')))
  const seen: string[] = []
  const proxy = createServer()
  // A tunnel to wherever was asked, and the plain form for http.
  proxy.on('connect', (request, socket) => {
    seen.push(request.url ?? '')
    const upstream = connect(hub, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
  })
  proxy.on('request', (request, response) => {
    seen.push(request.url ?? '')
    response.end('from the hub')
  })
  const port = await listening(proxy)
  const script = `
    const { hubClient } = await import(${JSON.stringify(new URL('./hub-client.ts', import.meta.url).href)})
    const client = hubClient('http://hub.invalid', undefined)
    console.log(await (await client.fetch('http://hub.invalid/x')).text())`
  const env = { ...process.env, HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '', no_proxy: '' }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env,
  })
  expect(stdout.trim()).toBe('from the hub')
  expect(seen.join()).toContain('hub.invalid')
})
