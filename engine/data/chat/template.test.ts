/** Small templates against transformers' own Jinja environment, and what the readers of templates must refuse. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../json.ts'
import { compileTemplate } from './template.ts'
import { toValue, type Value } from './values.ts'

const path = new URL('../golden-data/jinja_probes.json', import.meta.url)
const probes = JSON.parse(readFileSync(path, 'utf8')) as {
  variables_json: string
  cases: { template: string; text?: string; error?: string }[]
}

const variables = new Map<string, Value>([
  ...(toValue(parseJson(probes.variables_json)) as Map<string, Value>),
  ['messages', toValue([{ role: 'user', content: 'x' }])],
  ['tools', null],
  ['documents', null],
  ['add_generation_prompt', false],
])

describe('probes', () => {
  test.each(probes.cases)('$template', ({ template, text, error }) => {
    const render = () => compileTemplate(template).render(variables).text
    if (text === undefined) expect(render, error).toThrow(error!.replace(/^\w+: /, ''))
    else expect(render()).toBe(text)
  })
})
