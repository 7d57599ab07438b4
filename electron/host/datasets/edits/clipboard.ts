/** Cells as spreadsheets put them on the clipboard: lines of tab-separated cells, quoted where they hold tabs or line breaks. */
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'

/** Every line as its cells; the line break at the end makes no further line. */
export function cellsFromClipboard(text: string): string[][] {
  try {
    const lines: string[][] = parse(text, {
      delimiter: '\t',
      relax_column_count: true,
      skip_empty_lines: false,
    })
    return lines
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // Quotes that are no spreadsheet's: plain text with tabs.
    return text
      .replace(/\r?\n$/, '')
      .split(/\r?\n/)
      .map((line) => line.split('\t'))
  }
}

/** The inverse. */
export function clipboardText(lines: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => (/[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return lines.map((cells) => cells.map(quoted).join('\t')).join('\n')
}
