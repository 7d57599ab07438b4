/** Takes a port, or says in a sentence why it cannot be had. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, StudioError } from '../../engine/errors.ts'

/**
 * @param port 0 = any that is free
 * @returns the port
 * @throws StudioError `bad-argument`
 */
export async function listenOn(server: Server, address: string, port: number): Promise<number> {
  try {
    server.listen(port, address)
    await once(server, 'listening')
  } catch (error) {
    throw unavailable(address, port, error)
  }
  return (server.address() as AddressInfo).port
}

function unavailable(address: string, port: number, error: unknown): StudioError {
  const anyFree = 'Choose another one with --port, or --port 0 for any that is free.'
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    EADDRINUSE: [`Port ${port} is in use by another program.`, anyFree],
    EACCES: [`Port ${port} may not be used by this user.`, anyFree],
    EADDRNOTAVAIL: [
      `This machine does not have the address ${address}.`,
      'Leave --host out to use 127.0.0.1.',
    ],
    ENOTFOUND: [`There is no address "${address}".`, 'Leave --host out to use 127.0.0.1.'],
  }
  const { code = '' } = error as NodeJS.ErrnoException
  const [message, hint] = reasons[code] ?? [
    `Cannot listen on ${address}, port ${port}: ${messageOf(error)}.`,
    anyFree,
  ]
  return new StudioError('bad-argument', message, hint, { cause: error })
}
