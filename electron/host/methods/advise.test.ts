/** Advice follows from what methods declare: on made-up methods, and in sane directions on the real ones. */
import { describe, expect, test } from 'vitest'
import { findMethod, methods } from '../../../engine/methods/index.ts'
import type { Suits } from '../../../engine/methods/suits.ts'
import { advise, type Candidate, type Situation } from './advise.ts'

const situation: Situation = {
  baseParameters: 3e9,
  memoryBytes: 16e9,
  rows: 2000,
  distance: undefined,
  wishes: [],
}
const size = { totalBytes: 4e9, adapterBytes: 1e6, trainableParameters: 250_000 }

const candidates = (changes: Record<string, Partial<typeof size>> = {}): Candidate[] =>
  [...methods.values()].map((method) => ({ method, estimate: { ...size, ...changes[method.name] } }))
const names = (advice: ReturnType<typeof advise>) => advice.map((a) => a.method)
const of = (advice: ReturnType<typeof advise>, method: string) => advice.find((a) => a.method === method)!

test('all methods are there, one is best, and every reason is a sentence', () => {
  const advice = advise(situation, candidates())
  expect(new Set(names(advice))).toEqual(new Set(methods.keys()))
  expect(advice.filter((a) => a.verdict === 'best')).toHaveLength(1)
  for (const { reasons } of advice) for (const { text } of reasons) expect(text).toMatch(/\.$/)
})

test('a wish that cannot be granted excludes, and says why', () => {
  const advice = advise({ ...situation, wishes: ['merge'] }, candidates())
  for (const { method, verdict, reasons } of advice) {
    const { merges } = findMethod(method)
    if (merges === true) expect(verdict, method).not.toBe('excluded')
    else expect(reasons.find((r) => r.weight === 'excludes')?.text, method).toBe(merges.impossible)
  }
  expect(of(advise({ ...situation, wishes: ['stack'] }, candidates()), 'full').verdict).toBe('excluded')
})

test('what does not fit into memory is excluded, with both figures', () => {
  const advice = of(advise(situation, candidates({ full: { totalBytes: 48e9 } })), 'full')
  expect(advice.verdict).toBe('excluded')
  expect(advice.reasons[0]).toMatchObject({ weight: 'excludes', text: expect.stringMatching(/48 GB.*16 GB/) })
})

test('what cannot be attached to the model is excluded with the reason it was refused for', () => {
  const refused = [{ method: findMethod('lora'), estimate: { refused: 'No such module.' } }]
  expect(advise(situation, refused)[0]).toMatchObject({
    verdict: 'excluded',
    reasons: [{ text: 'No such module.' }],
  })
})

describe('declarations of a method', () => {
  const source = { title: 'A paper', url: 'https://example.org' }
  const suits = (changes: Partial<Suits>): Suits => ({
    quality: { level: 'close', text: 'Close.', source },
    examples: { from: 100, to: 1000, text: 'Shown.', source },
    distance: { upTo: 'style', text: 'Style.', source },
    ...changes,
  })
  const place = (own: Suits, changes: Partial<Situation>) => {
    const method = { ...findMethod('lora'), name: 'made-up', suits: own }
    const rival = {
      ...findMethod('lora'),
      name: 'rival',
      suits: suits({ examples: { from: 1, to: null, text: 'Any.', source } }),
    }
    const advice = advise({ ...situation, ...changes }, [
      { method, estimate: size },
      { method: rival, estimate: size },
    ])
    return of(advice, 'made-up')
  }
  test('data of the size it is known for speaks for it, other sizes against it', () => {
    const weights = [500, 20, 50_000].map(
      (rows) => place(suits({}), { rows }).reasons.find((r) => r.text.includes('Shown.'))?.weight,
    )
    expect(weights).toEqual(['for', 'against', 'against'])
  })
  test('a task beyond what it is known for', () => {
    const reason = place(suits({}), { distance: 'knowledge' }).reasons[0]
    expect(reason).toMatchObject({ weight: 'against', text: expect.stringContaining('Style.'), source })
  })
  test('a base model that is too small for it', () => {
    const own = suits({ baseModel: { parametersFrom: 1e10, text: 'Large ones.', source } })
    const weights = [1e6, 7e10].map(
      (baseParameters) =>
        place(own, { baseParameters }).reasons.find((r) => r.text.includes('Large'))?.weight,
    )
    expect(weights).toEqual(['against', 'for'])
  })
  test('a method that declares nothing is still judged by its figures', () => {
    const { suits: _, ...bare } = findMethod('lora')
    expect(
      advise({ ...situation, wishes: ['small-file'] }, [{ method: bare, estimate: size }]),
    ).toMatchObject([{ verdict: 'best', reasons: [{ weight: 'for' }] }])
  })
})

test('few examples and a small file lead to IA³ rather than to full fine-tuning', () => {
  const sizes = { ia3: { adapterBytes: 2e4 }, full: { adapterBytes: 1.2e10, totalBytes: 1.5e10 } }
  const advice = names(advise({ ...situation, rows: 40, wishes: ['small-file'] }, candidates(sizes)))
  expect(advice.indexOf('ia3')).toBeLessThan(advice.indexOf('lora'))
  expect(advice.at(-1)).toBe('full')
})
