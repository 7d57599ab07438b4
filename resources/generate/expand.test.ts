/** The template language: choices, slots, articles and capitals. */
import { describe, expect, it } from 'vitest'
import { expand, finish, joinWords, startsWithVowelSound } from './expand.ts'
import { Random } from './random.ts'

describe('expand', () => {
  it('fills slots, picks among choices and nests them', () => {
    const seen = new Set<string>()
    const random = new Random(1)
    for (let i = 0; i < 200; i++) seen.add(expand('{x} [runs|walks [home|away]].', { x: 'mia' }, random))
    expect([...seen].sort()).toEqual(['Mia runs.', 'Mia walks away.', 'Mia walks home.'])
  })

  it('refuses a slot that does not exist', () => {
    expect(() => expand('{nobody} came.', {}, new Random(1))).toThrow(/unknown slot \{nobody\}/)
  })

  it('chooses a or an by sound', () => {
    const words = [
      'apple',
      'hour',
      'honest',
      'unicorn',
      'umbrella',
      'one',
      'owl',
      'cup',
      'useful',
      'egg',
      '8',
      '11',
      '7',
    ]
    expect(words.filter(startsWithVowelSound)).toEqual([
      'apple',
      'hour',
      'honest',
      'umbrella',
      'owl',
      'egg',
      '8',
      '11',
    ])
    expect(finish('a_ orange cup and a_ red egg. a_ owl')).toBe('An orange cup and a red egg. An owl')
  })

  it('starts sentences and quotations with a capital letter', () => {
    expect(finish('he said, "come here!" and left.  she stayed .')).toBe(
      'He said, "Come here!" and left. She stayed.',
    )
  })

  it('joins words as one writes them', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((words) => joinWords(words))).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ])
  })
})
