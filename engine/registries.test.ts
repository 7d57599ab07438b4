/** A file that is not listed in its registry would be forgotten: each folder is compared with its list. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { methods } from './methods/index.ts'
import type { Method } from './methods/method.ts'
import { architectures } from './models/index.ts'
import { ops } from './ops/index.ts'

const files = (folder: string) =>
  readdirSync(join(import.meta.dirname, folder)).filter(
    (name) => name.endsWith('.ts') && !name.includes('.test.'),
  )

/** Exported values of all files of a folder that look like entries. */
async function entries(folder: string, is: (value: object) => boolean): Promise<unknown[]> {
  const modules = await Promise.all(
    files(folder).map((name) => import(join(import.meta.dirname, folder, name))),
  )
  const values = modules.flatMap((module: Record<string, unknown>) => Object.values(module))
  return values.filter((value) => typeof value === 'object' && value !== null && is(value))
}

test('every operator is registered', async () => {
  const found = await entries('ops', (value) => 'infer' in value && 'samples' in value)
  expect(new Set(found)).toEqual(new Set(ops.values()))
})

test('every method is registered, under its own name', async () => {
  const found = (await entries('methods', (value) => 'taxonomy' in value && 'fields' in value)) as Method[]
  // The unchanged base has the shape of a method but cannot be trained.
  expect(new Set(found.map((m) => m.name))).toEqual(new Set([...methods.keys(), 'none']))
  for (const [name, method] of methods) expect(method.name).toBe(name)
})

test('every architecture is registered', async () => {
  const found = await entries('models', (value) => 'modelTypes' in value && 'read' in value)
  expect(new Set(found)).toEqual(new Set(Object.values(architectures)))
})

test('every field of every method explains itself and accepts its own default', async () => {
  const { parseFields } = await import('./methods/fields.ts')
  for (const method of methods.values()) {
    expect(() => parseFields(method.title, method.fields, {})).not.toThrow()
    const defaults = Object.fromEntries(
      Object.entries(method.fields).map(([key, field]) => [key, field.default]),
    )
    expect(() => parseFields(method.title, method.fields, defaults)).not.toThrow()
    for (const field of Object.values(method.fields)) expect(field.help.length).toBeGreaterThan(15)
  }
})

test('every method says with sources when it does well, and at which learning rates', async () => {
  const { claimsOf } = await import('./methods/suits.ts')
  const { trainsAnything } = await import('./methods/attach.ts')
  for (const method of methods.values()) {
    const { name, suits, defaults } = method
    expect(suits, name).toBeDefined()
    for (const { text, source } of claimsOf(suits!)) {
      expect(text, name).toMatch(/^[A-Z].*\.$/)
      expect(new URL(source.url).protocol, name).toBe('https:')
    }
    if (!trainsAnything(method)) continue
    const { low = 0, high = Infinity } = defaults.sensibleRate!
    expect(defaults.learningRate, name).toBeGreaterThan(low)
    expect(defaults.learningRate, name).toBeLessThan(high)
  }
})
