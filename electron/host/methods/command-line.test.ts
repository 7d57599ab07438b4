/** The copied command makes the run that the window would make: read by a real shell, trained by the real command line. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { findMethod } from '../../../engine/methods/index.ts'
import { openStoreForReading } from '../../store/open-store.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { commandLine } from './command-line.ts'
import { differencesOf } from './differences.ts'
import { choiceOf, methodsHost } from './testing/methods-host.ts'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

const model = { id: 'x', name: 'x', dir: "/models/it's here", source: 'local', baseName: 'x' } as const
const data = {
  id: 'd',
  name: 'd',
  train: '/data/a b/train.jsonl',
  validation: '/data/a b/validation.jsonl',
  source: 'import',
}

/** The words that a shell makes of a command. */
async function words(command: string): Promise<string[]> {
  const { stdout } = await execute('sh', ['-c', `set -- ${command}; printf '%s\\0' "$@"`])
  return stdout.split('\0').slice(0, -1)
}

test('every word survives the shell', async () => {
  const method = findMethod('prompt-tuning')
  const text = 'Say "hi", then\nit\'s $HOME and `done` — 1 \\ 2'
  const command = commandLine(
    model,
    data,
    method,
    {
      methodConfig: { prompt_tuning_init: 'TEXT', prompt_tuning_init_text: text },
      training: { steps: 3, learningRate: 1e-7, maxGradientNorm: null, learn: 'all', chat: false },
    },
    'linux',
  )
  expect(await words(command)).toEqual([
    ...['npm', 'run', '-s', 'cli', '--', 'train', '--model', "/models/it's here", '--data', '/data/a b'],
    ...['--method', 'prompt-tuning', '--steps', '3', '--learn', 'all', '--no-chat'],
    ...['--set', 'learningRate=1e-7', '--set', 'maxGradientNorm=null'],
    ...['--set', 'prompt_tuning_init=TEXT', '--set', `prompt_tuning_init_text=${text}`],
  ])
})

test('texts that look like JSON stay texts', async () => {
  const method = findMethod('prompt-tuning')
  const command = commandLine(
    model,
    data,
    method,
    {
      methodConfig: { prompt_tuning_init_text: '42' },
      training: {},
    },
    'linux',
  )
  expect((await words(command)).at(-1)).toBe('prompt_tuning_init_text="42"')
})

test('for Windows, words with spaces and quotes are quoted as its programs read them', () => {
  const command = commandLine(
    model,
    data,
    findMethod('lora'),
    {
      methodConfig: { target_modules: ['q_proj'] },
      training: {},
    },
    'win32',
  )
  expect(command).toContain('--model "/models/it\'s here"')
  expect(command).toContain('--set "target_modules=[\\"q_proj\\"]"')
})

test('the command trains with exactly the plan of the window', async () => {
  const { methods } = await methodsHost()
  const choice = choiceOf('lora', {
    methodConfig: {
      r: 2,
      target_modules: ['q_proj', 'down_proj'],
      rank_pattern: { down_proj: 1 },
      lora_dropout: 0.1,
    },
    training: {
      steps: 2,
      batch: 8,
      length: 64,
      seed: 5,
      schedule: 'cosine',
      warmupSteps: 1,
      maxGradientNorm: null,
      learn: 'all',
      chat: false,
      keepBest: false,
      recompute: 'layers',
    },
  })
  const command = await methods.command(choice)
  const dataDir = temporaryFolder()
  const started = ['npm run -s cli --', `'${process.execPath}' '${join(root, 'electron/cli.ts')}'`] as const
  await execute('sh', ['-c', command.replace(...started)], {
    cwd: root,
    env: { ...process.env, PEFT_STUDIO_DATA: dataDir },
  })
  const store = openStoreForReading(dataDir)
  const [run] = store.runs.list()
  store.close()
  expect(run).toMatchObject({ method: 'lora', modelId: choice.modelId, status: 'completed' })
  const { methodConfig, training } = differencesOf(findMethod('lora'), run!.config as never)
  expect({ methodConfig, training }).toEqual({ methodConfig: choice.methodConfig, training: choice.training })
})
