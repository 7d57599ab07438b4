/** What someone sees who has not opened the printed address. */
import { randomBytes } from 'node:crypto'
import { securityHeaders } from './security-headers.ts'

/** @param status 401 (no session), 403 (a stranger), 400 (no request at all) */
export function closedDoor(status: number, why: string): Response {
  const text = `${why}\nOpen the address that PEFT Studio printed when it started, with its token.\n`
  return new Response(text, {
    status,
    headers: {
      ...securityHeaders(randomBytes(16).toString('base64')),
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    },
  })
}

/** Keeps the cookie and moves the browser from the printed address to the page itself. */
export function openedDoor(cookie: string, fromOtherSite: boolean): Response {
  const headers = {
    ...securityHeaders(randomBytes(16).toString('base64')),
    'set-cookie': cookie,
    'cache-control': 'no-store',
  }
  if (!fromOtherSite) return new Response(null, { status: 303, headers: { ...headers, location: '/' } })
  // After a link on another site (a terminal in a browser) a redirect would go without the strict cookie; a page of
  // our own that moves on is no longer that site's.
  return new Response(null, { headers: { ...headers, 'content-type': 'text/html', refresh: '0; url=/' } })
}
