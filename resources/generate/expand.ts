/** The template language of the generators: `[one|other]` choices, `{slot}` words, `a_` for a or an. */
import type { Random } from './random.ts'

/** Words for the slots of a template. */
export type Slots = Readonly<Record<string, string>>

/**
 * Fills a template. `[x|y|]` picks one alternative (they nest), `{key}` is replaced from `slots`
 * and `a_ ` becomes "a " or "an ". Sentences get their capital letter; an unknown slot is an error.
 */
export function expand(template: string, slots: Slots, random: Random): string {
  const chosen = choose(template, random)
  const filled = chosen.replace(/\{(\w+)\}/g, (_, key: string) => {
    const word = slots[key]
    if (word === undefined) throw new RangeError(`template uses the unknown slot {${key}}: ${template}`)
    return word
  })
  return finish(filled)
}

/** Resolves the choices of a template from the inside out, leaving its slots. */
function choose(template: string, random: Random): string {
  let text = template
  for (;;) {
    const next = text.replace(/\[([^[\]]*)\]/g, (_, body: string) => random.pick(body.split('|')))
    if (next === text) return text
    text = next
  }
}

/** Articles, spacing and capital letters: what makes filled slots a correct sentence. */
export function finish(text: string): string {
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/ +([,.!?])/g, '$1')
    .replace(/ *\n */g, '\n')
    .trim()
    .replace(/\b([Aa])_ (?=["']?(\w+))/g, (_, a: string, word: string) =>
      startsWithVowelSound(word) ? `${a}n ` : `${a} `,
    )
    .replace(/(^|[.!?]\s+|\n)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase())
    .replace(/(^|\s)"([a-z])/g, (_, before: string, letter: string) => `${before}"${letter.toUpperCase()}`)
}

const SILENT_H = /^(hour|honest|heir)/i
const CONSONANT_VOWEL = /^(uni|use|usu|one\b|once\b|eu|uk)/i

/** Whether "an" stands before this word: the sound counts, not the letter (an hour, a unicorn). */
export function startsWithVowelSound(word: string): boolean {
  if (SILENT_H.test(word)) return true
  return /^([aeiou]|8$|11$|18$)/i.test(word) && !CONSONANT_VOWEL.test(word)
}

/** The word with its indefinite article: "a fox", "an owl". */
export function article(word: string): string {
  return `${startsWithVowelSound(word) ? 'an' : 'a'} ${word}`
}

/** "apples", "apples and pears", "apples, pears and plums". */
export function joinWords(words: readonly string[], and = 'and'): string {
  if (words.length <= 1) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${and} ${words[words.length - 1]}`
}

/** The word with a capital first letter. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
