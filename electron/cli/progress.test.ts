import { expect, test } from 'vitest'
import { Progress } from './progress.ts'

function recorded(isTTY: boolean) {
  const written: string[] = []
  const clock = { seconds: 0 }
  const output = { isTTY, columns: 80, write: (text: string) => written.push(text) }
  return { written, clock, options: { output, now: () => clock.seconds * 1_000 } }
}

test('a log gets a plain line every ten seconds and the last one', () => {
  const { written, clock, options } = recorded(false)
  const progress = new Progress(100, 0, options)
  for (let done = 1; done <= 100; done++) {
    clock.seconds = done * 0.3
    progress.update(done, `loss ${done}`)
  }
  expect(written).toEqual([
    '  1 % · 1/100 · 30 s left · loss 1\n',
    ' 35 % · 35/100 · 20 s left · loss 35\n',
    ' 69 % · 69/100 · 9.3 s left · loss 69\n',
    '100 % · 100/100 · 30 s · loss 100\n',
  ])
})

test('a terminal gets one line, no wider than it', () => {
  const { written, clock, options } = recorded(true)
  const progress = new Progress(10, 0, options)
  clock.seconds = 1
  progress.update(5, 'x'.repeat(200))
  expect(written[0]).toMatch(/^\r█{12}░{12} {2}50 % · 5\/10 · 1 s left · x+/)
  expect(written[0]?.replace('\r', '').replace('\x1b[K', '')).toHaveLength(79)
  progress.clear()
  expect(written[1]).toBe('\r\x1b[K')
})

test('what a resumed run had done before says nothing about its speed', () => {
  const { written, clock, options } = recorded(false)
  const progress = new Progress(100, 50, options)
  clock.seconds = 20
  progress.update(60)
  expect(written).toEqual([' 60 % · 60/100 · 1 min 20 s left\n'])
})
