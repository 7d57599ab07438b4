/** Unpacks an LZ4 block (https://github.com/lz4/lz4, doc/lz4_Block_format.md): Parquet's LZ4_RAW. */

const leastMatch = 4

/**
 * @param size length of the unpacked bytes
 * @throws RangeError where the block is damaged
 */
export function unpackLz4Block(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size)
  let at = 0
  let end = 0
  /** Lengths of 15 go on in further bytes, as long as these are 255. */
  const lengthFrom = (nibble: number): number => {
    let length = nibble
    if (nibble < 15) return length
    let more: number | undefined
    do {
      more = packed[at++]
      length += more ?? 0
    } while (more === 255)
    return length
  }
  while (at < packed.length) {
    const token = packed[at++]!
    const literals = lengthFrom(token >> 4)
    if (at + literals > packed.length || end + literals > size) throw damaged()
    out.set(packed.subarray(at, at + literals), end)
    at += literals
    end += literals
    // The last sequence has literals only.
    if (at >= packed.length) break
    const offset = packed[at]! | ((packed[at + 1] ?? 0) << 8)
    at += 2
    const length = lengthFrom(token & 15) + leastMatch
    if (offset === 0 || offset > end || end + length > size) throw damaged()
    // A match may overlap itself, which repeats it: byte by byte.
    for (let i = 0; i < length; i++, end++) out[end] = out[end - offset]!
  }
  if (end !== size) throw damaged()
  return out
}

function damaged(): RangeError {
  return new RangeError('a compressed page is damaged')
}
