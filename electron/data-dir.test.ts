import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { dataDir } from './data-dir.ts'

test('PEFT_STUDIO_DATA wins, relative to where the studio was started', () => {
  expect(dataDir({ PEFT_STUDIO_DATA: 'here', XDG_DATA_HOME: '/x' }, 'linux')).toBe(resolve('here'))
})

test('otherwise the conventional place of the system', () => {
  expect(dataDir({ XDG_DATA_HOME: '/x' }, 'linux')).toBe(join('/x', 'peft-studio'))
  expect(dataDir({}, 'linux')).toBe(join(homedir(), '.local', 'share', 'peft-studio'))
  expect(dataDir({}, 'darwin')).toBe(join(homedir(), 'Library', 'Application Support', 'PEFT Studio'))
  expect(dataDir({ APPDATA: '/roaming' }, 'win32')).toBe(join('/roaming', 'PEFT Studio'))
})
