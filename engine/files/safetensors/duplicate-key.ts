/** Finds a key that a JSON object holds twice, which JSON.parse passes over in silence. */

/**
 * The first repeated key at any depth of `text`, or undefined.
 * @param text JSON that JSON.parse has accepted; anything else gives a meaningless answer
 */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, at)
      if (followedByColon(text, end)) {
        const raw = text.slice(at, end)
        const key: string = raw.includes('\\') ? JSON.parse(raw) : raw.slice(1, -1)
        const keys = open.at(-1)
        if (keys?.has(key)) return key
        keys?.add(key)
      }
      at = end
      continue
    }
    at++
  }
  return undefined
}

/** Index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function followedByColon(text: string, from: number): boolean {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return text[at] === ':'
}
