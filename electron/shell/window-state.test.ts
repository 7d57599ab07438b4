import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../store/testing/folders.ts'
import { boundsFor, storedWindowState, type WindowState } from './window-state.ts'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const left = { x: -1920, y: 0, width: 1920, height: 1080 }
const at = (x: number, y: number, width = 1200, height = 800): WindowState => ({
  bounds: { x, y, width, height },
  maximized: false,
  fullScreen: false,
})

test.each([
  ['where it was', at(100, 60), at(100, 60).bounds],
  ['on the second screen', at(-1800, 40), at(-1800, 40).bounds],
  ['partly off a screen, but to be got hold of', at(-1921 - 1000, 40), at(-2921, 40).bounds],
  ['no larger than its screen', at(10, 30, 3000, 2000), { x: 10, y: 30, width: 1440, height: 875 }],
])('the window opens %s', (_where, state, bounds) => {
  expect(boundsFor(state, [laptop, left])).toEqual(bounds)
})

test.each([
  ['the first time', undefined],
  ['when its screen is gone', at(5000, 100)],
  ['when only a sliver would show', at(1400, 100)],
  ['when its title bar would be above the screen', at(100, -200)],
  ['when its title bar would be below the screen', at(100, 890)],
])('it opens in the middle of the first screen %s', (_when, state) => {
  expect(boundsFor(state, [laptop, left])).toEqual({ x: 40, y: 32, width: 1360, height: 860 })
})

test('on a screen smaller than usual it fits', () => {
  expect(boundsFor(undefined, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({
    x: 0,
    y: 0,
    width: 1024,
    height: 700,
  })
})

test.each([
  '',
  '{',
  'null',
  '{"bounds":{"x":0}}',
  '{"bounds":{"x":0,"y":0,"width":-5,"height":10},"maximized":false,"fullScreen":false}',
])('a damaged file (%s) counts as none', (content) => {
  const file = join(temporaryFolder(), 'window.json')
  writeFileSync(file, content)
  expect(storedWindowState(file)).toBeUndefined()
})
