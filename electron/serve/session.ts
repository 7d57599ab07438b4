/**
 * Who may talk to the headless studio: whoever opened the printed address. Its token is exchanged for a cookie, so it
 * leaves the address bar and reloads work; both are random, made at each start, and good for this start only.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'

export interface Session {
  readonly token: string
  /** @returns a token that opens the studio once: for places where others may see it, such as a command line */
  admission(): string
  /** The `Set-Cookie` that opens the studio in a browser. */
  readonly cookie: string
  /** Whether it opens the studio; one that does so once is used up by asking. */
  accepts(text: string): boolean
  /** @param cookies the `Cookie` header */
  isOpenIn(cookies: string | undefined): boolean
}

/** @param port browsers keep cookies per machine, not per port: two studios must not overwrite each other's */
export function openSession(port: number): Session {
  const token = secret()
  const value = secret()
  const admissions = new Set<string>()
  const name = `peft-studio-${port}`
  return {
    token,
    // Strict: no other site can make the browser send it. Not `Secure`: 127.0.0.1 has no certificate.
    cookie: `${name}=${value}; HttpOnly; SameSite=Strict; Path=/`,
    admission() {
      const once = secret()
      admissions.add(once)
      return once
    },
    accepts: (text) => same(text, token) || admissions.delete(text),
    isOpenIn: (cookies = '') =>
      cookies
        .split(/; */)
        .some((pair) => pair.startsWith(`${name}=`) && same(pair.slice(name.length + 1), value)),
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

/** Takes the same time wherever the two differ. */
function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.byteLength === right.byteLength && timingSafeEqual(left, right)
}
