/** How well a mapping fits rows: by the very functions that make training examples of them. */
import { sourceOf } from '../../../../engine/data/examples/dataset-format.ts'
import { type Mapping, mappedLine, mapRow } from '../../../../engine/data/examples/mapping.ts'
import { RowProblem } from '../../../../engine/data/examples/source.ts'
import type { MappingFit } from '../../../contract/datasets/mapping.ts'
import type { Fields } from '../sheet/cells.ts'

const shownProblems = 5
const shownRows = 3
const shownCharacters = 2_000

/** Why a row gives no example under a mapping; null when it does. */
export function problemOf(fields: Fields, mapping: Mapping): string | null {
  try {
    sourceOf(mapRow(fields, mapping), mapping.format)
    return null
  } catch (error) {
    if (error instanceof RowProblem) return error.message
    throw error
  }
}

export function fitMapping(
  rows: readonly { readonly line: number; readonly fields: Fields }[],
  mapping: Mapping,
): MappingFit {
  const problems: MappingFit['problems'] = []
  let fits = 0
  for (const { line, fields } of rows) {
    const reason = problemOf(fields, mapping)
    if (reason === null) fits += 1
    else if (problems.length < shownProblems) problems.push({ line, reason })
  }
  const shown = rows
    .slice(0, shownRows)
    .map(({ fields }) => mappedLine(fields, mapping).slice(0, shownCharacters))
  return { mapping, fits, of: rows.length, problems, rows: shown }
}
