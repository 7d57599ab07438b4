/** What the fields say by themselves: values that do not fit, and those outside the sensible range. */

import { nearNames } from '../../files/near-names.ts'
import { expectationOf, type Fields, schemaOf } from '../../methods/fields.ts'
import { beyondOf, type Remark, refusal, shown, unusual, type Values } from './remark.ts'

/** The values that fit, and a refusal for each that does not or is unknown. */
export function readValues(
  part: Remark['part'],
  title: string,
  fields: Fields,
  given: Values,
): { values: Values; remarks: Remark[] } {
  const remarks: Remark[] = []
  const values: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given)) {
    const field = fields[key]
    if (field === undefined) {
      const near = nearNames(key, Object.keys(fields)).join(', ')
      remarks.push(
        refusal(
          part,
          null,
          `${title} has no option "${key}".`,
          near === '' ? 'Take it out.' : `Near to it: ${near}.`,
        ),
      )
      continue
    }
    const result = schemaOf(field).safeParse(value)
    if (result.success) values[key] = result.data
    else remarks.push(refusal(part, key, `${field.label} must be ${expectationOf(field)}.`, field.help))
  }
  return { values, remarks }
}

/** What fields say about themselves. */
export function outOfRange(part: Remark['part'], fields: Fields, values: Values): Remark[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const field = fields[key]
    if (typeof value !== 'number' || field === undefined || !('sensible' in field) || !field.sensible)
      return []
    const beyond = beyondOf(value, field.sensible)
    if (beyond === undefined) return []
    const { side, limit } = beyond
    return [
      unusual(
        part,
        key,
        `${shown(value)} is unusually ${side}: ${field.sensible.because}.`,
        side === 'low' ? `Use ${shown(limit)} or more.` : `Use ${shown(limit)} or less.`,
        limit,
      ),
    ]
  })
}
