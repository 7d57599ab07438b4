/** Every action of the window by name: what the palette lists, the shortcuts sheet shows and the keyboard starts. */
import { untrack } from 'svelte'
import { keyName } from './keys.ts'

export interface Command {
  /** Unique, e.g. `train.pause`. */
  readonly id: string
  readonly title: string
  /** Heading in the palette and the shortcuts sheet. */
  readonly group: string
  /** Other words a person may look for. */
  readonly keywords?: string
  /** `Mod+K` (Ctrl, ⌘ on a Mac), `Shift+N`, or a sequence such as `g h`. */
  readonly keys?: string
  /** Listed but not possible now. */
  readonly disabled?: boolean
  readonly run: () => void
}

/** After the first key of a sequence, so long is waited for the next. */
const sequenceMs = 1_200

class Commands {
  #sources = $state.raw<readonly (() => readonly Command[])[]>([])
  #typed = ''
  #typedAt = 0

  readonly list = $derived.by(() => {
    const all = this.#sources.flatMap((source) => source())
    // A screen may offer its own version of a general command: the newest stands.
    return [...new Map(all.map((command) => [command.id, command])).values()]
  })

  /** Offers commands until the returned function is called. */
  register(source: () => readonly Command[]): () => void {
    this.#sources = [...this.#sources, source]
    return () => {
      this.#sources = this.#sources.filter((other) => other !== source)
    }
  }

  /** Starts what a key stands for. @returns whether something was started or a sequence has begun */
  press(event: KeyboardEvent): boolean {
    const key = keyName(event)
    const writing = isWriting(event.target)
    if (key === undefined || (writing && belongsToText(key))) return false
    const now = performance.now()
    const typed = now - this.#typedAt < sequenceMs && this.#typed !== '' ? `${this.#typed} ${key}` : key
    const found = this.#find(typed) ?? this.#find(key)
    const begins = this.list.some((command) => command.keys?.startsWith(`${typed} `))
    this.#typed = begins ? typed : ''
    this.#typedAt = now
    if (found === undefined) return begins
    this.#typed = ''
    found.run()
    return true
  }

  #find(keys: string): Command | undefined {
    return this.list.find((command) => command.keys === keys && command.disabled !== true)
  }
}

/** Keys that mean something in a field: characters, and those that undo, select, copy or move in its text. */
function belongsToText(key: string): boolean {
  if (!key.includes('Mod+')) return key !== 'Escape'
  return /^Mod\+(Shift\+)?([ACDVXYZ]|Enter|Backspace|Delete|Home|End|Arrow\w+)$/.test(key)
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'range'].includes(target.type)
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  )
}

export const commands = new Commands()

/** Call it while a component is being made: its commands are offered while it is shown. */
export function offerCommands(source: () => readonly Command[]): void {
  $effect(() => {
    // Registering reads the list it changes: only the first showing counts, not every change of that list.
    const forget = untrack(() => commands.register(source))
    return () => untrack(forget)
  })
}
