/** Names of keys, the same wherever a shortcut is declared, pressed or shown. */

const isMac = navigator.platform.startsWith('Mac')

/** `Mod+K`, `Shift+?`, `g`, `Escape`; undefined for a modifier alone. */
export function keyName(event: KeyboardEvent): string | undefined {
  if (['Control', 'Meta', 'Shift', 'Alt'].includes(event.key)) return undefined
  const mod = isMac ? event.metaKey : event.ctrlKey
  const printable = event.key.length === 1
  const parts = [
    mod ? 'Mod' : '',
    event.altKey ? 'Alt' : '',
    // A printable key already shows the shift in what it prints, unless Mod makes it a capital.
    event.shiftKey && (!printable || mod) ? 'Shift' : '',
    printable && mod ? event.key.toUpperCase() : event.key,
  ]
  return parts.filter(Boolean).join('+')
}

/** As a person reads it: `Ctrl K`, `⌘ K`, `G then H`. */
export function keyLabel(keys: string): string {
  return keys
    .split(' ')
    .map((key) =>
      key
        .replace('Mod+', isMac ? '⌘ ' : 'Ctrl ')
        .replace('Alt+', isMac ? '⌥ ' : 'Alt ')
        .replace('Shift+', isMac ? '⇧ ' : 'Shift ')
        .replace(/(^| )([a-z])$/, (_, space: string, letter: string) => `${space}${letter.toUpperCase()}`),
    )
    .join(' then ')
}
