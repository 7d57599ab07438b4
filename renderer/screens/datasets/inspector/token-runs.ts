/** Tokens of a row as they are drawn: stretches of the same kind, with white space made visible. */
import type { PreviewToken } from '../../../../electron/contract/datasets/checks.ts'

export interface TokenRun {
  readonly kind: 'context' | 'learned' | 'truncated'
  readonly tokens: readonly PreviewToken[]
}

/** Stretches of tokens that the loss is computed on, that only give context, or that are cut off. */
export function tokenRuns(tokens: readonly PreviewToken[]): readonly TokenRun[] {
  const runs: { kind: TokenRun['kind']; tokens: PreviewToken[] }[] = []
  for (const token of tokens) {
    const kind = token.truncated ? 'truncated' : token.learned ? 'learned' : 'context'
    const last = runs.at(-1)
    if (last?.kind === kind) last.tokens.push(token)
    else runs.push({ kind, tokens: [token] })
  }
  return runs
}

/** What is drawn for a token; line breaks and tabs get a sign, a part of a character its bytes. */
export function shownText({ text, piece, bytes, special }: PreviewToken): string {
  if (special) return text === '' ? piece : text
  if (text === '' && bytes !== null) return `‹${bytes}›`
  return text.replaceAll('\t', '⇥\t').replaceAll('\r', '␍').replaceAll('\n', '↵\n')
}

export function tokenTitle({ id, piece, bytes, learned, truncated }: PreviewToken, index: number): string {
  const facts = [`token ${index + 1}`, `id ${id}`, `piece ${piece}`]
  if (bytes !== null) facts.push(`bytes ${bytes}`)
  facts.push(truncated ? 'cut off' : learned ? 'learned' : 'context only')
  return facts.join(' · ')
}
