/** The instruction datasets: sizes, disjoint splits, and answers that follow from the prompts. */
import { describe, expect, it } from 'vitest'
import { FEELINGS } from '../grammar/feelings.ts'
import { NUMBER_WORDS } from '../grammar/lexicon.ts'
import { buildSplits } from './dataset.ts'
import { DATASETS } from './index.ts'
import { toPirate } from './pirate.ts'

const built = new Map(DATASETS.map((dataset) => [dataset.name, buildSplits(dataset)]))
const rowsOf = (name: string) => [...built.get(name)!.train, ...built.get(name)!.validation]

describe.each(DATASETS)('$name', (dataset) => {
  const { train, validation } = built.get(dataset.name)!

  it('has the rows that it announces, all different, none in both splits', () => {
    expect([train.length, validation.length]).toEqual([dataset.train, dataset.validation])
    const prompts = new Set([...train, ...validation].map((row) => row.prompt))
    expect(prompts.size).toBe(dataset.train + dataset.validation)
    expect(train.length).toBeGreaterThanOrEqual(800)
    expect(train.length + validation.length).toBeLessThanOrEqual(2000)
  })

  it('is made again exactly', () => {
    expect(buildSplits(dataset)).toEqual({ train, validation })
  })

  it('has clean prompts and completions', () => {
    const wrong = / {2}|\b([a-z]+) \1\b|\ba [aeio]\w|\ban [bcdfgjklmnpqrstvwxyz]\w|undefined|^\s|\s$/i
    for (const row of [...train, ...validation]) {
      expect(row.prompt).not.toMatch(wrong)
      expect(row.completion).not.toBe('')
      expect(row.completion.trim()).toBe(row.completion)
    }
  })
})

describe('pirate', () => {
  it('follows its rules in examples written by hand', () => {
    expect(toPirate('Hello, my friend! Where is your hat?')).toBe(
      'Arr! Ahoy, me mate! Where be yer hat, matey?',
    )
    expect(toPirate('The girl is singing in the morning.')).toBe(
      "Arr! The lass be singin' in the mornin', matey!",
    )
    expect(toPirate('Yes, you and the king are bringing a ring of gold.')).toBe(
      "Arr! Aye, ye an' the king be bringin' a ring o' gold, matey!",
    )
  })

  it('leaves no plain word behind and keeps the rest of the sentence', () => {
    const plainWord = /\b(my|you|your|is|are|am|of|and|boy|girl|friend|yes|hello|\w*[aeiouy]\w*ing)\b/i
    for (const { prompt, completion } of rowsOf('pirate')) {
      expect(completion).toMatch(/^Arr! .*, matey[!?]$/)
      expect(completion).not.toMatch(plainWord)
      const plain = prompt.replace('Say it like a pirate: ', '')
      const spoken = completion.replace(/^Arr! /, '').replace(/, matey[!?]$/, '')
      const kept = plain.match(/\w+/g)!.filter((word) => !plainWord.test(word))
      expect(kept.filter((word) => !spoken.includes(word))).toEqual([])
    }
  })
})

describe('facts-json', () => {
  it('is valid JSON with the four keys, and every value is in the text', () => {
    for (const { prompt, completion } of rowsOf('facts-json')) {
      const facts = JSON.parse(completion) as Record<string, string | number>
      expect(Object.keys(facts)).toEqual(['name', 'object', 'count', 'place'])
      expect(prompt).toContain(facts.name)
      expect(prompt).toMatch(new RegExp(`the ${facts.place}\\b`, 'i'))
      const stem = String(facts.object).replace(/(y|fe?)$/, '')
      expect(prompt).toMatch(new RegExp(`\\b${NUMBER_WORDS[facts.count as number]} ${stem}`, 'i'))
    }
  })
})

describe('feelings', () => {
  it('has equally many rows per label, in both splits', () => {
    for (const split of Object.values(built.get('feelings')!)) {
      for (const feeling of FEELINGS) {
        expect(split.filter((row: { completion: string }) => row.completion === feeling)).toHaveLength(
          split.length / FEELINGS.length,
        )
      }
    }
  })

  it('never names the answer in the scene', () => {
    for (const { prompt, completion } of rowsOf('feelings')) expect(prompt).not.toContain(completion)
  })
})
