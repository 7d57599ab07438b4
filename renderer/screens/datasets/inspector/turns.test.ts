import { expect, test } from 'vitest'
import { nextRole, readTurns, rolesOf, shownTurns, writeTurns } from './turns.ts'

const messages = '[{"role":"user","content":"Hi","id":7},{"role":"assistant","content":"Hello"}]'
const shared = '[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello"}]'

test.each([messages, shared])('a conversation is written back as it was: %s', (json) => {
  const conversation = readTurns(json)
  expect(conversation?.turns.map(({ text }) => text)).toEqual(['Hi', 'Hello'])
  expect(conversation && writeTurns(conversation)).toBe(json)
})

test('a changed turn keeps the keys that are not shown', () => {
  const conversation = readTurns(messages)!
  const [first, second] = conversation.turns
  const changed = { ...conversation, turns: [{ ...first!, text: 'Ahoy' }, second!] }
  expect(JSON.parse(writeTurns(changed))[0]).toEqual({ role: 'user', content: 'Ahoy', id: 7 })
})

test.each([
  '[1,2]',
  '{"role":"user"}',
  '[{"role":"user","content":["image"]}]',
  '[{"role": "user", "content": "spaced"}]',
  '[]',
  'no',
])('is left to the plain editor: %s', (json) => {
  expect(readTurns(json)).toBeUndefined()
})

test('who speaks next, and who can', () => {
  expect(nextRole(readTurns(messages)!)).toBe('user')
  expect(nextRole(readTurns('[{"from":"human","value":"Hi"}]')!)).toBe('gpt')
  expect(rolesOf(readTurns('[{"role":"narrator","content":"Once"}]')!)).toContain('narrator')
})

test('a conversation can be read however its JSON is cut', () => {
  const json = JSON.stringify([
    { role: 'user', content: 'Say "hi"\nto \u{1f30a}\u0001' },
    { role: 'assistant', content: 'hi' },
  ])
  expect(shownTurns(json)).toEqual([
    { role: 'user', text: 'Say "hi"\nto \u{1f30a}\u0001' },
    { role: 'assistant', text: 'hi' },
  ])
  for (let end = 28; end < json.length; end += 1) {
    const [first] = shownTurns(json.slice(0, end)) ?? []
    expect('Say "hi"\nto \u{1f30a}\u0001'.startsWith(first!.text), json.slice(0, end)).toBe(true)
  }
  expect(shownTurns('{"role":"user"}')).toBeUndefined()
})
