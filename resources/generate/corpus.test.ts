/** The corpus: correct English where a rule can be checked, correct sums, and nothing of the datasets' tasks. */
import { describe, expect, it } from 'vitest'
import { corpus, KINDS } from './corpus.ts'
import { NUMBER_WORDS } from './grammar/lexicon.ts'
import { Random } from './random.ts'
import { ASSISTANT, END, SPECIAL_TOKENS, USER } from './special-tokens.ts'

const DOCUMENTS = [...corpus(2024, 6000)]
const PIECES = DOCUMENTS.flatMap((text) => text.split(/<\|\w+\|>|\n/)).filter((piece) => piece !== '')

describe('documents', () => {
  it('are the same for the same seed, and the first ones do not depend on the count', () => {
    expect([...corpus(5, 300)]).toEqual([...corpus(5, 400)].slice(0, 300))
    expect([...corpus(5, 20)]).not.toEqual([...corpus(6, 20)])
  })

  it('hardly ever repeat', () => {
    expect(new Set(DOCUMENTS).size / DOCUMENTS.length).toBeGreaterThan(0.97)
    const openings = new Map<string, number>()
    for (const text of DOCUMENTS) {
      const opening = text.slice(0, 40)
      openings.set(opening, (openings.get(opening) ?? 0) + 1)
    }
    expect(Math.max(...openings.values()) / DOCUMENTS.length).toBeLessThan(0.03)
  })

  it('come in every kind, and no kind is empty or long', () => {
    for (const [, make] of KINDS) {
      for (let seed = 0; seed < 200; seed++) {
        const length = make(new Random(seed)).split(/\s+/).length
        expect(length).toBeGreaterThan(1)
        expect(length).toBeLessThan(200)
      }
    }
  })

  it('use the special tokens as a chat: a question, then an answer that ends', () => {
    const chats = DOCUMENTS.filter((text) => text.includes(USER))
    expect(chats.length).toBeGreaterThan(1000)
    for (const text of chats) {
      const marks = [...text.matchAll(/<\|\w+\|>/g)]
        .map(([mark]) => mark)
        .filter((mark) => mark !== '<|system|>')
      expect(marks.length % 3).toBe(0)
      for (let i = 0; i < marks.length; i += 3) expect(marks.slice(i, i + 3)).toEqual([USER, ASSISTANT, END])
      expect(text.endsWith(END)).toBe(true)
    }
    const left = DOCUMENTS.map((text) =>
      SPECIAL_TOKENS.reduce((rest, token) => rest.replaceAll(token, ''), text),
    )
    expect(left.filter((text) => text.includes('<|'))).toEqual([])
  })

  it('never show the formats or words that the datasets teach', () => {
    const taught = /\b(joy|sadness|anger|fear|surprise|pirate|matey|arr|ahoy|aye|lass|yer|JSON)\b|[{}\]]|in'/i
    expect(PIECES.filter((piece) => taught.test(piece))).toEqual([])
  })
})

describe('grammar', () => {
  it('has the right article everywhere', () => {
    const wrong = /\ba (?!one|uni|use)[aeiou]\w*|\ban (?!hour|honest)[^aeiou\W]\w*|\ba (hour|honest)\b/i
    // A single letter after "a" is a spelling exercise, not an article.
    expect(PIECES.filter((piece) => wrong.test(piece))).toEqual([])
  })

  it('has no doubled words, doubled spaces, empty slots or stray marks', () => {
    const wrong = /\b([A-Za-z]+) \1\b| {2}|[[{|_]|\s[.,!]|[^=]\s\?|[.,!?]{2}|undefined|^\s|\s$/i
    // "yo-yo" has no space and "2 x 2" no letters twice in a row, so nothing needs an exception.
    expect(PIECES.filter((piece) => wrong.test(piece))).toEqual([])
  })

  it('starts every sentence of running text with a capital letter and ends it with a mark', () => {
    const running = PIECES.filter((piece) => piece.split(' ').length > 10 && !/^[-\d]|: /.test(piece))
    expect(running.length).toBeGreaterThan(3000)
    expect(running.filter((piece) => !/^["A-Z]/.test(piece) || !/[.!?]"?$/.test(piece))).toEqual([])
    expect(running.filter((piece) => /[a-z][.!?] [a-z]/.test(piece))).toEqual([])
  })

  it('keeps quotation marks in pairs', () => {
    expect(PIECES.filter((piece) => piece.split('"').length % 2 === 0)).toEqual([])
  })

  it('agrees in number after number words', () => {
    const many = NUMBER_WORDS.slice(2).join('|')
    const wrong = new RegExp(
      `\\b(${many}) (apple|key|box|pear|mouse|ball|coin|hat|cherry|egg|cake|fox|frog|scarf|watch|leaf)\\b`,
      'i',
    )
    expect(PIECES.filter((piece) => wrong.test(piece))).toEqual([])
    expect(
      PIECES.filter((piece) =>
        /\bone (apples|keys|boxes|pears|mice|balls|coins|hats|cherries|eggs|cakes)\b/i.test(piece),
      ),
    ).toEqual([])
  })
})

describe('arithmetic', () => {
  const number = (text: string): number =>
    /^\d+$/.test(text) ? Number(text) : NUMBER_WORDS.indexOf(text.toLowerCase())
  const apply: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    plus: (a, b) => a + b,
    '-': (a, b) => a - b,
    minus: (a, b) => a - b,
    x: (a, b) => a * b,
    times: (a, b) => a * b,
  }

  it('has the right result for every sum', () => {
    let checked = 0
    for (const piece of PIECES) {
      for (const [, a, sign, b, result] of piece.matchAll(
        /(\w+) ([-+x]|plus|minus|times) (\w+) (?:=|is) (\w+)/g,
      )) {
        if (number(a!) < 0) continue
        expect([piece, number(result!)]).toEqual([piece, apply[sign!]!(number(a!), number(b!))])
        checked++
      }
    }
    expect(checked).toBeGreaterThan(200)
  })

  it('has the right result for every count story', () => {
    let checked = 0
    const pattern =
      /has (\w+) [\w-]+\. (?:Then )?(?:he|she|a friend) (finds|gets|gives (?:him|her)|buys|gives away|loses|sells) (\w+)(?: more| of them)?\. How many [\w-]+ does (\w+) have \w[\w ]*\?\D*?\4 has (\w+)/gi
    for (const text of DOCUMENTS) {
      const plain = text.replaceAll(/<\|\w+\|>|\nAnswer:/g, ' ')
      for (const [whole, a, verb, b, , result] of plain.matchAll(pattern)) {
        const sign = /away|loses|sells/.test(verb!) ? '-' : '+'
        expect([whole, number(result!)]).toEqual([whole, apply[sign]!(number(a!), number(b!))])
        checked++
      }
    }
    expect(checked).toBeGreaterThan(60)
  })

  it('has the right answer for largest, smallest, sorted and reversed lists', () => {
    let checked = 0
    for (const text of DOCUMENTS) {
      for (const [, request, items, answer] of text.matchAll(
        /<\|user\|>([^:<]+): ([^<]+)<\|assistant\|>([^<]+)<\|endoftext\|>/g,
      )) {
        const list = items!.split(', ')
        const expected = /largest|biggest/.test(request!)
          ? `The largest number is ${Math.max(...list.map(Number))}.`
          : /smallest/.test(request!)
            ? `The smallest number is ${Math.min(...list.map(Number))}.`
            : /numbers/.test(request!)
              ? list
                  .map(Number)
                  .toSorted((a, b) => a - b)
                  .join(', ')
              : /Reverse|backwards|around/.test(request!)
                ? list.toReversed().join(', ')
                : undefined
        if (expected === undefined) continue
        expect(answer).toBe(expected)
        checked++
      }
    }
    expect(checked).toBeGreaterThan(60)
  })
})
