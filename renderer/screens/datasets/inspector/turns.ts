/** Conversations in a cell: OpenAI's `role`/`content` and ShareGPT's `from`/`value`, read and written without losing a key. */

export interface Conversation {
  readonly roleKey: string
  readonly textKey: string
  readonly turns: readonly Turn[]
}

export interface Turn {
  readonly role: string
  readonly text: string
  /** The turn as it stands in the data, with keys that are not shown. */
  readonly whole: Readonly<Record<string, unknown>>
}

const shapes = [
  { roleKey: 'role', textKey: 'content', roles: ['system', 'user', 'assistant', 'tool'] },
  { roleKey: 'from', textKey: 'value', roles: ['system', 'human', 'gpt'] },
] as const

/** @returns undefined when the JSON is no conversation of plain texts, or would not be written back as it is */
export function readTurns(json: string): Conversation | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (!Array.isArray(value) || value.length === 0 || JSON.stringify(value) !== json) return undefined
  for (const { roleKey, textKey } of shapes) {
    const turns = value.flatMap((whole: unknown): Turn[] => {
      if (!isRecord(whole)) return []
      const { [roleKey]: role, [textKey]: text } = whole
      return typeof role === 'string' && typeof text === 'string' ? [{ role, text, whole }] : []
    })
    if (turns.length === value.length) return { roleKey, textKey, turns }
  }
  return undefined
}

export function writeTurns({ roleKey, textKey, turns }: Conversation): string {
  return JSON.stringify(
    turns.map(({ role, text, whole }) => ({ ...whole, [roleKey]: role, [textKey]: text })),
  )
}

const turnPattern = /"(?:role|from)":"((?:[^"\\]|\\.)*)","(?:content|value)":"((?:[^"\\]|\\.)*)(?:"|\\?$)/g

/**
 * Who says what, for reading: also of JSON that was cut somewhere.
 * @returns undefined when the text does not begin as a conversation does
 */
export function shownTurns(json: string): readonly Pick<Turn, 'role' | 'text'>[] | undefined {
  if (!/^\[\{"(role|from)":"/.test(json)) return undefined
  return [...json.matchAll(turnPattern)].map(([, role = '', text = '']) => ({
    role: unescaped(role),
    text: unescaped(text),
  }))
}

/** The text of a JSON string whose end may have been cut off in the middle of an escape. */
function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text.replace(/\\(u[\da-f]{0,3})?$/i, '')}"`))
  } catch {
    return text
  }
}

/** Roles to choose from: those of the shape, and what the data itself has. */
export function rolesOf({ roleKey, turns }: Conversation): readonly string[] {
  const usual = shapes.find((shape) => shape.roleKey === roleKey)?.roles ?? []
  return [...new Set<string>([...usual, ...turns.map(({ role }) => role)])]
}

/** Who would speak next. */
export function nextRole(conversation: Conversation): string {
  const [asks = 'user', answers = 'assistant'] =
    conversation.roleKey === 'from' ? ['human', 'gpt'] : ['user', 'assistant']
  return conversation.turns.at(-1)?.role === asks ? answers : asks
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
