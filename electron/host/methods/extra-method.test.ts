/** A method that is in no list but its own file: described, estimated and trained like any other. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../store/testing/folders.ts'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const module = join(root, 'engine/testing/throw-away-method.ts')
const dataDir = () => temporaryFolder()

async function cli(environment: Record<string, string>, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await execute(process.execPath, [join(root, 'electron/cli.ts'), ...args, '--json'], {
    env: { ...process.env, ...environment },
  })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
}

/** What the host's descriptions say in a process that was started with the variable. */
async function described(
  environment: Record<string, string>,
): Promise<{ name: string; fields: { key: string }[] }[]> {
  const source = `import { methodViews } from ${JSON.stringify(join(import.meta.dirname, 'descriptions.ts'))}
    process.stdout.write(JSON.stringify(methodViews()))`
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, ...environment },
  })
  return JSON.parse(stdout)
}

test('has a card, a form, figures and a run', async () => {
  const environment = { PEFT_STUDIO_EXTRA_METHODS: module, PEFT_STUDIO_DATA: dataDir() }
  const card = (await described(environment)).find((view) => view.name === 'throw-away')
  expect(card).toMatchObject({ title: 'Throw-away shift', attaches: ['linear layers'] })
  expect(card?.fields.map((field) => field.key)).toEqual(
    expect.arrayContaining(['push', 'random_start', 'target_modules']),
  )
  const figures = await cli(environment, 'estimate', '--model', 'builtin', '--method', 'throw-away')
  expect(figures.trainableParameters).toBe(6 * 192)
  const run = await cli(
    environment,
    ...'train --model builtin --data builtin --method throw-away --steps 2 --batch 1'.split(' '),
  )
  expect(run).toMatchObject({ method: 'throw-away', trainableParameters: 6 * 192 })
  expect(run.validationLoss).not.toBe(run.baseValidationLoss)
})

test('without the variable nothing knows it', async () => {
  expect((await described({})).map((view) => view.name)).not.toContain('throw-away')
})
