/** What a model folder says about its licence: the front matter of its README, else the title of its licence file. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'

const BEGINNING = 16_384
const LICENCE_FILE = /^(licen[cs]e|copying)(\.(txt|md))?$/i

/**
 * A short name such as `apache-2.0`; null where the folder says nothing.
 * @param names the entries of `dir`
 */
export async function readLicence(dir: string, names: readonly string[]): Promise<string | null> {
  const readme = names.find((name) => /^readme\.md$/i.test(name))
  if (readme !== undefined) {
    const said = licenceOfFrontMatter(await beginning(join(dir, readme)))
    if (said !== null) return said
  }
  const file = names.find((name) => LICENCE_FILE.test(name))
  return file === undefined ? null : titleOf(await beginning(join(dir, file)))
}

/** `license` of a model card's YAML head; `license_name` where that says "other". */
export function licenceOfFrontMatter(text: string): string | null {
  const head = /^\s*---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1]
  if (head === undefined) return null
  const licence = entry(head, 'license')
  return licence === null || licence === 'other' ? (entry(head, 'license_name') ?? licence) : licence
}

/** The value behind a key of the top level: a word, a quoted text, or the entries of a list. */
function entry(yaml: string, key: string): string | null {
  const found = new RegExp(`^${key}:[ \\t]*(.*)((?:\\r?\\n[ \\t]*- .*)*)`, 'm').exec(yaml)
  if (found === null) return null
  const [, inline = '', block = ''] = found
  const listed = block.split('\n').map((line) => line.replace(/^[ \t]*-[ \t]*/, ''))
  const values = inline.trim() === '' ? listed : inline.replace(/^\[|\]\s*$/g, '').split(',')
  const clean = values.map((value) => value.trim().replace(/^(['"])(.*)\1$/, '$2')).filter((v) => v !== '')
  return clean.length === 0 ? null : clean.join(', ').slice(0, 120)
}

/** The first line that has words in it, without Markdown. */
function titleOf(text: string): string | null {
  const line = text.split('\n').find((candidate) => /\p{L}{2}/u.test(candidate))
  return (
    line
      ?.replace(/^[#\s*]+|[\s*]+$/g, '')
      .replace(/\s+/g, ' ')
      .slice(0, 120) ?? null
  )
}

/** A licence is a remark on the card, not a condition: what cannot be read says nothing. */
async function beginning(path: string): Promise<string> {
  const handle = await open(path, 'r').catch(() => undefined)
  if (handle === undefined) return ''
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    return ''
  } finally {
    await handle.close()
  }
}
