/** The address of the studio's own page in the desktop application: a scheme that no other site can have. */
import { protocol } from 'electron'
import type { AnswerRequest } from '../serve/answer-request.ts'

const scheme = 'app'
const host = 'studio'
export const pageUrl = `${scheme}://${host}/`

/** Before the application is ready: makes it a secure origin like https, with `fetch`, storage and streaming. */
export function declareAppScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }])
}

export function serveApp(answer: AnswerRequest): void {
  protocol.handle(scheme, (request) =>
    isOwnPage(request.url) ? answer(request) : new Response(null, { status: 404 }),
  )
}

/** @param url a whole address, or an origin */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host: name } = new URL(url)
  return protocol === `${scheme}:` && name === host
}
