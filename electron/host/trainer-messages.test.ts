import { expect, test } from 'vitest'
import { parseFromTrainer, parseToTrainer } from './trainer-messages.ts'

test('messages pass unchanged', () => {
  const event = { type: 'notice', step: 3, level: 'warning', message: 'Slow.' }
  expect(parseFromTrainer({ type: 'event', event })).toEqual({ type: 'event', event })
  expect(parseToTrainer({ type: 'start', plan: { any: ['thing'] } })).toEqual({
    type: 'start',
    plan: { any: ['thing'] },
  })
})

test.each([
  { type: 'event', event: { type: 'step', step: 1 } },
  { type: 'event', event: { type: 'checkpoint', step: -1, path: 'p' } },
  { type: 'unheard-of' },
  'ready',
])('%j is refused', (message) => {
  expect(() => parseFromTrainer(message)).toThrow(expect.objectContaining({ code: 'internal' }))
})
