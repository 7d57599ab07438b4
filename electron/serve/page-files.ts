/** The built page (out/renderer) as answers: right types, assets cached for good, and no way out of its folder. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** A path is a list of plain names: `..`, hidden files, escapes and back slashes are not among them. */
const plainPath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/

export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/**
 * @param folder where the page was built to
 * @param pathname as in a URL, `/` for the page itself
 * @param nonce written into the page for the styles it makes at run time
 * @returns undefined when there is no such file
 */
export async function pageFile(
  folder: string,
  pathname: string,
  nonce: string,
): Promise<PageFile | undefined> {
  const path = pathname === '/' ? '/index.html' : pathname
  const type = types[extname(path)]
  if (type === undefined || !plainPath.test(path)) return undefined
  const content = await contentOf(join(folder, path))
  if (content === undefined) return undefined
  if (path !== '/index.html') {
    return { body: content, headers: { 'content-type': type, 'cache-control': cachingOf(path) } }
  }
  const body = new TextEncoder().encode(content.toString('utf8').replaceAll('__NONCE__', nonce))
  return { body, headers: { 'content-type': type, 'cache-control': 'no-store' } }
}

/** Names in `assets/` carry a hash of their content. */
function cachingOf(path: string): string {
  return path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'
}

async function contentOf(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
    throw error
  }
}
