/**
 * One column of a row group, page by page: hyparquet decodes pages, this keeps no more of them than the rows asked for,
 * so that a row group of a million rows does not fill the memory.
 */
import type { AsyncBuffer, ColumnMetaData, Compressors, DecodedArray, SchemaTree } from 'hyparquet'
import { parquetHeader, readPage } from 'hyparquet/src/column.js'
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { getTreePath, isFlatColumn } from 'hyparquet/src/schema.js'

/** Read at once; a page is usually 1 MB before compression. */
const windowBytes = 1 << 20
/** A page's header is this long at most, statistics included; a longer one is read in a second attempt. */
const headerBytes = 1 << 16

export class ParquetColumn {
  readonly path: readonly string[]
  readonly #file: AsyncBuffer
  readonly #decoder: Parameters<typeof readPage>[2]
  readonly #flat: boolean
  readonly #end: number
  #at: number
  #window = { from: 0, bytes: new ArrayBuffer(0) }
  #dictionary: DecodedArray | undefined
  /** Complete rows, the first chunk from `#taken` on. */
  #chunks: DecodedArray[] = []
  #taken = 0
  #ready = 0
  /** The last row of a page, which the next page may go on with. */
  #open: unknown[] = []

  constructor(file: AsyncBuffer, meta: ColumnMetaData, schema: SchemaTree, compressors: Compressors) {
    const schemaPath = getTreePath(schema, meta.path_in_schema)
    this.path = meta.path_in_schema
    this.#file = file
    this.#flat = isFlatColumn(schemaPath)
    this.#decoder = {
      ...meta,
      pathInSchema: meta.path_in_schema,
      schemaPath,
      element: schemaPath.at(-1)!.element,
      parsers: DEFAULT_PARSERS,
      compressors,
    }
    this.#at = Number(meta.dictionary_page_offset || meta.data_page_offset)
    this.#end = this.#at + Number(meta.total_compressed_size)
  }

  /** The next rows; fewer than `count` only at the end of the row group. */
  async take(count: number): Promise<unknown[]> {
    while (this.#ready < count && this.#at < this.#end) await this.#readPage()
    if (this.#at >= this.#end) this.#close()
    const rows: unknown[] = []
    while (rows.length < count && this.#chunks.length > 0) {
      const chunk = this.#chunks[0]!
      const until = Math.min(chunk.length, this.#taken + count - rows.length)
      for (let i = this.#taken; i < until; i++) rows.push(chunk[i])
      this.#taken = until
      if (until < chunk.length) break
      this.#chunks.shift()
      this.#taken = 0
    }
    this.#ready -= rows.length
    return rows
  }

  async #readPage(): Promise<void> {
    const { header, length } = await this.#header()
    const reader = { view: await this.#view(this.#at + length, header.compressed_page_size), offset: 0 }
    this.#at += length + header.compressed_page_size
    if (header.type === 'DICTIONARY_PAGE') {
      const { data } = readPage(reader, header, this.#decoder, undefined, undefined, 0)
      if (data !== undefined) this.#dictionary = convert(data, this.#decoder)
      return
    }
    if ((header.data_page_header ?? header.data_page_header_v2)?.num_values === 0) return
    // Lists of the last row may go on in this page: then they are added to the array that is given.
    const before = this.#flat ? undefined : this.#open
    const { data } = readPage(reader, header, this.#decoder, this.#dictionary, before, 0)
    if (data === undefined) return
    if (data !== this.#open) this.#close()
    if (this.#flat) this.#add(data)
    else {
      this.#add(data.slice(0, -1))
      this.#open = [data.at(-1)]
    }
  }

  async #header(): Promise<{ header: ReturnType<typeof parquetHeader>; length: number }> {
    for (let size = headerBytes; ; size *= 8) {
      const reader = { view: await this.#view(this.#at, size), offset: 0 }
      try {
        const header = parquetHeader(reader)
        return { header, length: reader.offset }
      } catch (error) {
        if (!(error instanceof RangeError) || this.#at + size >= this.#end) throw error
      }
    }
  }

  /** Bytes of the column, fewer at its end. */
  async #view(from: number, length: number): Promise<DataView> {
    const wanted = Math.max(0, Math.min(length, this.#end - from))
    const { from: start, bytes } = this.#window
    if (from < start || from + wanted > start + bytes.byteLength) {
      const until = Math.min(this.#end, from + Math.max(wanted, windowBytes))
      this.#window = { from, bytes: await this.#file.slice(from, until) }
    }
    return new DataView(this.#window.bytes, from - this.#window.from, wanted)
  }

  #add(rows: DecodedArray): void {
    if (rows.length === 0) return
    this.#chunks.push(rows)
    this.#ready += rows.length
  }

  /** Nothing more belongs to the last row. */
  #close(): void {
    this.#add(this.#open)
    this.#open = []
  }
}
