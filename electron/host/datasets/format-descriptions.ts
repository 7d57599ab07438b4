/** The engine's formats as a form for the mapping is drawn from them. */
import { formats } from '../../../engine/data/examples/formats.ts'
import { datasetFormats } from '../../../engine/data/examples/source.ts'
import type { FormatDescription } from '../../contract/datasets/mapping.ts'

export function formatDescriptions(): FormatDescription[] {
  return datasetFormats.map((format) => {
    const { title, explain, fields } = formats[format]
    return { format, title, explain, fields: fields.map((field) => ({ ...field })) }
  })
}
