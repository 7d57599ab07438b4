import { expect, test } from 'vitest'
import { StudioError } from '../../engine/errors.ts'
import { reportError } from './errors.ts'

function report(error: unknown, json: boolean) {
  const said = { stdout: '', stderr: '' }
  const code = reportError(error, {
    json,
    stdout: { write: (text: string) => (said.stdout += text) },
    stderr: { write: (text: string) => (said.stderr += text) },
  })
  return { code, ...said }
}

test('says what, why and what to do', () => {
  const error = new StudioError('not-found', 'There is no model "x".', 'Check the path.')
  expect(report(error, false)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: There is no model "x".\n  Check the path.\n',
  })
})

test('with --json the document is the last line of the standard output', () => {
  const error = new StudioError('bad-argument', 'No such method.', 'See "methods".')
  const { code, stdout } = report(error, true)
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toEqual({
    error: { code: 'bad-argument', message: 'No such method.', hint: 'See "methods".' },
  })
})

test('a defect is told with its trace', () => {
  const { code, stderr } = report(new TypeError('x is undefined'), false)
  expect(code).toBe(1)
  expect(stderr).toContain('errors.test.ts')
})
