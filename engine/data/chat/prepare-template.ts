/**
 * Works around what the library's lexer and parser lack: white-space control with `+`, raw blocks, exponents,
 * `{% generation %}`, tests with arguments, one-element tuples, chained comparisons.
 */
import { type Token, tokenizeTemplate } from './library.ts'
import { TemplateError } from './values.ts'

interface Tag {
  readonly start: number
  readonly end: number
  readonly kind: '{%' | '{{' | '{#'
  /** Without braces and white-space signs. */
  readonly inner: string
  readonly left: '' | '-' | '+'
  readonly right: '' | '-' | '+'
}

const closers = { '{%': '%}', '{{': '}}', '{#': '#}' } as const

/** Tokens of a template as the library's parser can read them. */
export function prepareTemplate(template: string): Token[] {
  return patchTokens(tokenizeTemplate(rewriteTags(template)))
}

/**
 * Applies trim_blocks and lstrip_blocks (both on in transformers) and every `-` and `+`, so that the library has no
 * white space to decide about.
 */
function rewriteTags(template: string): string {
  const source = template.endsWith('\n') ? template.slice(0, -1) : template
  let out = ''
  let text = 0
  let trimStart: RegExp | null = null
  const copyText = (end: number, trimEnd: RegExp | null) => {
    let part = source.slice(text, end)
    if (trimStart) part = part.replace(trimStart, '')
    if (trimEnd) part = part.replace(trimEnd, '')
    out += literalText(part)
  }
  let tag = nextTag(source, 0)
  while (tag !== null) {
    copyText(tag.start, beforeTag(source, tag, text))
    trimStart = afterTag(tag)
    text = tag.end
    if (tag.kind === '{%' && tag.inner.trim() === 'raw') {
      const end = nextEndRaw(source, tag.end)
      copyText(end.start, beforeTag(source, end, text))
      trimStart = afterTag(end)
      text = end.end
      tag = nextTag(source, end.end)
      continue
    }
    if (tag.kind !== '{#') out += `${tag.kind}${rewriteInner(tag)}${closers[tag.kind]}`
    tag = nextTag(source, tag.end)
  }
  copyText(source.length, null)
  return out
}

/** What to cut off the text before a tag: everything for `-`, indentation at the start of a line for blocks. */
function beforeTag(source: string, tag: Tag, from: number): RegExp | null {
  if (tag.left === '-') return /\s+$/
  if (tag.left === '+' || tag.kind === '{{') return null
  const lineStart = source.lastIndexOf('\n', tag.start - 1) + 1
  return lineStart >= from && /^[ \t]*$/.test(source.slice(lineStart, tag.start)) ? /[ \t]+$/ : null
}

function afterTag(tag: Tag): RegExp | null {
  if (tag.right === '-') return /^\s+/
  return tag.right === '+' || tag.kind === '{{' ? null : /^\n/
}

/** Text as the library leaves it alone: as it is, or as a string literal where it looks like a tag. */
function literalText(text: string): string {
  if (text === '') return ''
  return `{{ ${JSON.stringify(text).replace(/\{/g, '\\u007b').replace(/\}/g, '\\u007d')} }}`
}

function nextTag(source: string, from: number): Tag | null {
  const open = /\{[%{#]/g
  open.lastIndex = from
  const match = open.exec(source)
  if (match === null) return null
  const kind = match[0] as Tag['kind']
  let at = match.index + 2
  const left = kind !== '{{' || source[at] === '-' ? sign(source[at]) : ''
  if (left !== '') at++
  const end = kind === '{#' ? source.indexOf('#}', at) : endOfCode(source, at, closers[kind])
  if (end < 0) throw new TemplateError(`a tag "${match[0]}" is never closed`)
  const last = source[end - 1]
  const right = end > at && (last === '-' || (last === '+' && kind !== '{{')) ? sign(last) : ''
  return { start: match.index, end: end + 2, kind, inner: source.slice(at, end - right.length), left, right }
}

function sign(char: string | undefined): '' | '-' | '+' {
  return char === '-' || char === '+' ? char : ''
}

/** The position of the closing sign, not counting those inside strings or `}}` that close nested dicts. */
function endOfCode(source: string, from: number, closer: string): number {
  let depth = 0
  for (let i = from; i < source.length; i++) {
    const char = source[i]!
    if (char === "'" || char === '"') {
      for (i++; i < source.length && source[i] !== char; i++) if (source[i] === '\\') i++
    } else if (depth === 0 && source.startsWith(closer, i)) return i
    else if (char === '{') depth++
    else if (char === '}') depth = Math.max(0, depth - 1)
  }
  return -1
}

function nextEndRaw(source: string, from: number): Tag {
  const match = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g
  match.lastIndex = from
  const found = match.exec(source)
  if (found === null) throw new TemplateError('a raw block is never closed')
  return {
    start: found.index,
    end: found.index + found[0].length,
    kind: '{%',
    inner: 'endraw',
    left: sign(found[1]),
    right: sign(found[2]),
  }
}

/** `generation` becomes a filter block, which the interpreter knows; 1e3 becomes ('1e3' | float). */
function rewriteInner({ inner }: Tag): string {
  const code = ` ${inner.trim()} `
  if (code === ' generation ') return ' filter generation '
  if (code === ' endgeneration ') return ' endfilter '
  return code.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![\w.])\d+(?:\.\d+)?[eE][-+]?\d+/gs, (part) =>
    /^\d/.test(part) ? `('${part}'|float)` : part.replace(/\\(?![ntrbfv'"\\xu\n])/g, '\\\\'),
  )
}

const testsWithArgument = new Set(
  'divisibleby in sameas eq equalto ne lt lessthan le gt greaterthan ge'.split(' '),
)
const compares = (token: Token | undefined) =>
  token?.type === 'ComparisonBinaryOperator' ||
  (token?.type === 'Identifier' && ['in', 'not'].includes(token.value))
const endsOperand = new Set(['Identifier', 'CloseParen', 'CloseSquareBracket', 'StringLiteral'])
const keywords = new Set('in not and or if else is elif set for'.split(' '))

function patchTokens(tokens: readonly Token[]): Token[] {
  const out: Token[] = []
  /** For every open bracket where it stands in `out`, and whether it is a call's. */
  const open: { at: number; call: boolean; commas: number }[] = []
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    const previous = out.at(-1)
    if (isWord(token, 'is')) {
      const not = isWord(tokens[i + 1], 'not')
      const name = tokens[i + (not ? 2 : 1)]
      if (name && testsWithArgument.has(name.value)) {
        const start = i + (not ? 3 : 2)
        const end = tokens[start]?.type === 'OpenParen' ? start : operandEnd(tokens, start)
        out.push(make('Pipe', '|'), make('Identifier', `is_${not ? 'not_' : ''}${name.value}`))
        if (end > start)
          out.push(make('OpenParen', '('), ...patchTokens(tokens.slice(start, end)), make('CloseParen', ')'))
        i = end - 1
        continue
      }
    }
    if (token.type === 'Comma' && open.length > 0) open.at(-1)!.commas++
    if (
      token.type === 'OpenParen' ||
      token.type === 'OpenSquareBracket' ||
      token.type === 'OpenCurlyBracket'
    ) {
      const call = previous !== undefined && endsOperand.has(previous.type) && !keywords.has(previous.value)
      open.push({ at: out.length, call: call || token.type !== 'OpenParen', commas: 0 })
    }
    out.push(token)
    if (
      token.type !== 'CloseParen' &&
      token.type !== 'CloseSquareBracket' &&
      token.type !== 'CloseCurlyBracket'
    )
      continue
    const bracket = open.pop()
    if (bracket === undefined || bracket.call) continue
    if (previous?.type === 'Comma') {
      out.splice(-2, 1)
      if (bracket.commas === 1) asTuple(out, bracket.at)
    } else if (compares(tokens[i + 1])) {
      // (a == b) != c must not be taken for the chain a == b != c.
      out.splice(bracket.at, 0, make('OpenParen', '('))
      out.push(make('Pipe', '|'), make('Identifier', 'group'), make('CloseParen', ')'))
    }
  }
  return out
}

/** (x,) as ([x] | tuple) */
function asTuple(out: Token[], at: number): void {
  out[at] = make('OpenSquareBracket', '[')
  out[out.length - 1] = make('CloseSquareBracket', ']')
  out.splice(at, 0, make('OpenParen', '('))
  out.push(make('Pipe', '|'), make('Identifier', 'tuple'), make('CloseParen', ')'))
}

/** Behind one operand: a literal, a name with its members, or a list. */
function operandEnd(tokens: readonly Token[], start: number): number {
  let i = start
  let depth = 0
  do {
    const type = tokens[i]?.type ?? ''
    if (type.startsWith('Open')) depth++
    if (/^Close(Paren|SquareBracket|CurlyBracket)$/.test(type)) depth--
    i++
  } while (i < tokens.length && (depth > 0 || tokens[i]?.type === 'Dot' || tokens[i - 1]?.type === 'Dot'))
  return i
}

function isWord(token: Token | undefined, value: string): boolean {
  return token?.type === 'Identifier' && token.value === value
}

function make(type: string, value: string): Token {
  return { type, value }
}
