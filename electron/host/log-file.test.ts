import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openStudio, visit } from '../serve/testing/visitor.ts'
import { temporaryFolder } from '../store/testing/folders.ts'
import { lastLogLines, logConsole, logFile } from './log-file.ts'

/** The console itself stays quiet. */
function log(): string {
  const dataDir = temporaryFolder()
  const quiet = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')].map((spy) => spy.mockReturnValue())
  const end = logConsole(dataDir)
  onTestFinished(() => {
    end()
    for (const spy of quiet) spy.mockRestore()
  })
  return dataDir
}

test('what the host tells the console is in the file, with when and how bad', () => {
  const dataDir = log()
  console.warn('Slow disk: %d ms.', 120)
  console.error(new TypeError('x is undefined'))
  const lines = readFileSync(logFile(dataDir), 'utf8').split('\n')
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z warning Slow disk: 120 ms\.$/)
  expect(lines[1]).toMatch(/Z error TypeError: x is undefined$/)
  expect(lines[2]).toMatch(/^ +at /)
})

test('old files are kept, three in all, and the last lines are found across them', () => {
  const dataDir = log()
  for (let file = 0; file < 5; file++) {
    console.error(`file ${file}`)
    writeFileSync(logFile(dataDir), `${readFileSync(logFile(dataDir), 'utf8')}${'x'.repeat(1024 * 1024)}\n`)
  }
  console.error('the end')
  expect(existsSync(logFile(dataDir, 2))).toBe(true)
  expect(existsSync(logFile(dataDir, 3))).toBe(false)
  expect(readFileSync(logFile(dataDir), 'utf8')).toMatch(/^\S+ error the end\n$/)
  expect(lastLogLines(dataDir, 3)).toEqual([
    expect.stringMatching(/ file 4$/),
    expect.stringMatching(/^x+$/),
    expect.stringMatching(/ the end$/),
  ])
})

test('a page reads the last lines, and where the file is', async () => {
  const studio = await openStudio()
  const { client } = await visit(studio)
  expect(await client.shell.log({ lines: 10 })).toEqual({ path: logFile(studio.host.dataDir), lines: [] })
  const quiet = vi.spyOn(console, 'error').mockReturnValue()
  const end = logConsole(studio.host.dataDir)
  for (let n = 0; n < 20; n++) console.error(`line ${n}`)
  end()
  quiet.mockRestore()
  const { lines } = await client.shell.log({ lines: 3 })
  expect(lines.map((text) => text.split(' error ')[1])).toEqual(['line 17', 'line 18', 'line 19'])
})

test('a folder that takes nothing does not stop the console', () => {
  const dataDir = join(temporaryFolder(), 'file')
  writeFileSync(dataDir, '')
  const told = vi.spyOn(console, 'error').mockReturnValue()
  const end = logConsole(dataDir)
  console.error('still heard')
  end()
  expect(told).toHaveBeenCalledWith('still heard')
  told.mockRestore()
})
