/**
 * Which row has a content first: a hash table over 96 bits of a digest in flat arrays, 16 bytes a slot, so that a
 * million rows take 32 MB.
 */
export class ContentTable {
  readonly #mask: number
  readonly #keys: Uint32Array
  readonly #ids: Int32Array

  /** @param most how many contents it must hold */
  constructor(most: number) {
    let slots = 16
    while (slots < most * 1.5) slots *= 2
    this.#mask = slots - 1
    this.#keys = new Uint32Array(slots * 3)
    this.#ids = new Int32Array(slots)
  }

  find(digest: Buffer): number | null {
    return this.#ids[this.#slot(digest)] || null
  }

  /** @returns the row that was there, or null: then it is this one now */
  findOrAdd(digest: Buffer, id: number): number | null {
    const slot = this.#slot(digest)
    if (this.#ids[slot] !== 0) return this.#ids[slot]!
    this.#ids[slot] = id
    for (let i = 0; i < 3; i++) this.#keys[slot * 3 + i] = digest.readUInt32LE(i * 4)
    return null
  }

  /** The slot that has the digest, or the free one where it belongs. Row ids begin at 1, so 0 is free. */
  #slot(digest: Buffer): number {
    const [a, b, c] = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)]
    let slot = a & this.#mask
    while (this.#ids[slot] !== 0) {
      const at = slot * 3
      if (this.#keys[at] === a && this.#keys[at + 1] === b && this.#keys[at + 2] === c) return slot
      slot = (slot + 1) & this.#mask
    }
    return slot
  }
}
