/** Aligned tables for people: numbers to the right, texts to the left, no frames. */

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  readonly align?: 'left' | 'right'
}

/** Lines of a table with a heading; no line ends in blanks. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => value(row))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => displayWidth(line[index]!))))
  const pad = (text: string, index: number) => {
    const blanks = ' '.repeat(widths[index]! - displayWidth(text))
    return columns[index]!.align === 'right' ? blanks + text : text + blanks
  }
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

/** Name and value, one per line, values in one column. */
export function fields(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([name]) => displayWidth(name)))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n')
}

/** Characters as people count them; wide scripts take two cells each. */
function displayWidth(text: string): number {
  const segments = [...new Intl.Segmenter().segment(text)]
  return segments.reduce((sum, { segment }) => sum + (wide.test(segment) ? 2 : 1), 0)
}

const wide =
  /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}/u
