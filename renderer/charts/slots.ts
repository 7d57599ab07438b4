/** Colour and dash of each run: the same run looks the same wherever it can, and no two in one view look alike. */

export const colours = 8

/** Dash patterns in pixels, solid first: what tells runs apart without colour, and the ninth from the first. */
export const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]]

export interface LineStyle {
  /** Token of the colour: `--run-1` … `--run-8`. */
  readonly colour: string
  readonly dash: readonly number[]
}

export const slots = colours * dashes.length

/**
 * A place per id. The place asked for first comes from the id itself, so a run keeps its look from view to view; where
 * it is taken the next free colour is used, and a second dash pattern only when all colours are.
 * @param before places already given in this view, which stay
 */
export function assignSlots(
  ids: readonly string[],
  before: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const given = new Map<string, number>()
  const taken = new Set<number>()
  const give = (id: string, slot: number) => {
    given.set(id, slot)
    taken.add(slot)
  }
  for (const id of ids) {
    const slot = before.get(id)
    if (slot !== undefined && !taken.has(slot)) give(id, slot)
  }
  for (const id of ids) if (!given.has(id)) give(id, freeSlot(hash(id) % colours, taken))
  return given
}

export function styleOf(slot: number): LineStyle {
  return {
    colour: `--run-${(slot % colours) + 1}`,
    dash: dashes[Math.floor(slot / colours) % dashes.length] ?? [],
  }
}

function freeSlot(wanted: number, taken: ReadonlySet<number>): number {
  for (let pattern = 0; pattern < dashes.length; pattern++) {
    for (let next = 0; next < colours; next++) {
      const slot = pattern * colours + ((wanted + next) % colours)
      if (!taken.has(slot)) return slot
    }
  }
  // More runs than looks: they repeat from here on.
  return wanted
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
