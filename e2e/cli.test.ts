/** User stories of the command line, from an empty data folder, on a tiny model and on the golden data. */
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openSafetensors, readAllTensors } from '../engine/files/safetensors.ts'
import type { HostTensor } from '../engine/graph/host-tensor.ts'
import { writeTinyModel } from '../engine/testing/tiny-model.ts'
import { cli as run } from './cli.ts'

const golden = join(import.meta.dirname, '../engine/golden')
let folder: string
let model: string
let data: string
const cli = (...args: readonly string[]) => run(join(folder, 'data-dir'), ...args)
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'))
  model = await writeTinyModel(at('model'))
  data = at('rows.jsonl')
  const words = ['red', 'blue', 'green', 'big', 'small', 'old', 'new']
  const rows = Array.from({ length: 50 }, (_, i) => {
    if (i === 7) return 'this is no JSON'
    return JSON.stringify({ prompt: `Say ${words[i % 7]}`, completion: `It is ${words[i % 7]}.` })
  })
  await writeFile(data, `${rows.join('\n')}\n`)
})

afterAll(() => rm(folder, { recursive: true }))

const small = ['--batch', '2', '--length', '64', '--steps', '6']

function difference(a: HostTensor, b: HostTensor): number {
  expect(a.shape).toEqual(b.shape)
  return (a.data as Float32Array).reduce((m, x, i) => Math.max(m, Math.abs(x - Number(b.data[i]))), 0)
}

const tensors = async (path: string) => readAllTensors(await openSafetensors(path))

describe('train and compare', () => {
  test('train reports its figures, names the bad row, and the run is in the list', async () => {
    const result = await cli('train', '--model', model, '--data', data, '--method', 'ia3', ...small, '--json')
    expect(result.code, result.stderr).toBe(0)
    expect(result.stderr).toContain('line 8')
    const document = result.json() as Record<string, number | string>
    expect(document).toMatchObject({
      method: 'ia3',
      trainableParameters: expect.any(Number),
      adapterBytes: expect.any(Number),
    })
    const list = (await cli('runs', 'list', '--json')).json() as { id: string; status: string }[]
    expect(list).toContainEqual(expect.objectContaining({ id: document.id, status: 'completed' }))
    const csv = (await cli('runs', 'export', String(document.id))).stdout.trim().split('\n')
    expect(csv).toHaveLength(7)
    const people = await cli('runs', 'show', String(document.id))
    expect(people.stdout).toContain('ia3')
  })

  test('compare gives one row per method and the loss of the base', async () => {
    const methods = 'lora,prompt-tuning,adapter'
    const set = ['--set', 'learning_rate=0.01']
    const result = await cli(
      'compare',
      '--model',
      model,
      '--data',
      data,
      '--methods',
      methods,
      ...small,
      ...set,
      '--json',
    )
    expect(result.code, result.stderr).toBe(0)
    const document = result.json() as { baseValidationLoss: number; runs: Record<string, number | string>[] }
    expect(document.baseValidationLoss).toBeGreaterThan(0)
    expect(document.runs.map((r) => r.method)).toEqual(methods.split(','))
    for (const one of document.runs)
      expect(Object.keys(one).sort()).toEqual(
        [
          'id',
          'device',
          'method',
          'trainableParameters',
          'totalParameters',
          'trainLoss',
          'validationLoss',
          'usefulTokensPerSecond',
          'peakMemoryBytes',
          'adapterBytes',
          'seconds',
        ].sort(),
      )
  })

  test('a trained adapter generates, and merged it generates the same', async () => {
    const out = at('trained')
    const steps = ['--set', 'learning_rate=0.05', '--steps', '20', '--batch', '2', '--length', '64']
    const trained = await cli(
      'train',
      '--model',
      model,
      '--data',
      data,
      '--method',
      'lora',
      ...steps,
      '--out',
      out,
      '--json',
    )
    expect(trained.code, trained.stderr).toBe(0)
    const adapter = join(out, 'adapter')
    const prompt = ['--prompt', 'Say red', '--max-tokens', '8', '--json']
    const withAdapter = (await cli('generate', '--model', model, '--adapter', adapter, ...prompt)).json()
    const merged = await cli('merge', '--model', model, '--adapter', adapter, '--out', at('merged'))
    expect(merged.code, merged.stderr).toBe(0)
    expect((await cli('generate', '--model', at('merged'), ...prompt)).json()).toEqual(withAdapter)
    const again = await cli('merge', '--model', model, '--adapter', adapter, '--out', at('merged'))
    expect(again.code).not.toBe(0)
    expect(again.stderr).toContain('already holds a model')
    const sampled = (seed: string) =>
      cli('generate', '--model', model, ...prompt, '--temperature', '1', '--top-p', '0.9', '--seed', seed)
    expect((await sampled('1')).json()).toEqual((await sampled('1')).json())
  })

  test('a run whose device is lost is cut off, and goes on with another device', async () => {
    vi.stubEnv(
      'PEFT_STUDIO_EXTRA_RUNTIMES',
      join(import.meta.dirname, '../engine/testing/throw-away-runtime.ts'),
    )
    vi.stubEnv('PEFT_STUDIO_TEST_DEVICES', 'vanishing,absent')
    vi.stubEnv('PEFT_STUDIO_TEST_STEPS', '4')
    const train = ['train', '--model', model, '--data', data, '--method', 'lora', ...small, '--json']
    const lost = await cli(...train, '--device', 'vanishing')
    expect(lost.code).toBe(1)
    expect(lost.json()).toMatchObject({
      error: { code: 'device', hint: expect.stringContaining('from step 4') },
    })
    const runs = (await cli('runs', 'list', '--json')).json() as { id: string; status: string }[]
    const cut = runs.find(({ status }) => status === 'interrupted')!
    expect((await cli('runs', 'resume', cut.id, '--device', 'absent')).stderr).toContain('is not available')
    const resumed = (await cli('runs', 'resume', cut.id, '--device', 'cpu', '--json')).json()
    const whole = (await cli(...train, '--device', 'cpu')).json() as {
      trainLoss: number
      validationLoss: number
    }
    const { trainLoss, validationLoss } = whole
    expect(resumed).toMatchObject({ device: 'cpu', trainLoss, validationLoss })
    vi.unstubAllEnvs()
  })

  test('estimate, methods and devices answer in both forms', async () => {
    const command = ['estimate', '--model', model, '--method', 'lora']
    const estimate = await cli(...command, '--batch', '2', '--length', '64', '--json')
    expect(estimate.code, estimate.stderr).toBe(0)
    expect((estimate.json() as { trainableParameters: number }).trainableParameters).toBeGreaterThan(0)
    const written = await cli(...command, '--set', 'weights=4-bit')
    expect(written.stdout).toMatch(/base model +float32 .* · bfloat16 .* · 8-bit .* · 4-bit /)
    expect(written.stdout).toMatch(/memory +.* of .* \(this machine\)/)
    await mkdir(at('limited'))
    await writeFile(at('limited/settings.json'), JSON.stringify({ memoryLimitBytes: 256e6 }))
    const refused = await run(at('limited'), ...command, '--batch', '64')
    expect(refused.stdout).toContain('It does not fit. The run needs about')
    expect(refused.stdout).toMatch(/of 256 MB \(the limit in the settings\)/)
    expect((await cli('methods')).stdout).toContain('prompt-tuning')
    expect((await cli('methods', 'lora')).stdout).toContain('lora_alpha')
    expect((await cli('devices', '--json')).json()).toContainEqual(
      expect.objectContaining({ id: 'cpu', available: true }),
    )
  })
})

describe('probe against the golden data', () => {
  for (const [base, name] of [
    ['llama', 'lora_dora'],
    ['gpt2', 'adapter_houlsby'],
    ['qwen2', 'prompt_tuning'],
  ] as const)
    test(`${base}/${name}`, async () => {
      const source = join(golden, base, name)
      const expected = JSON.parse(await readFile(join(source, 'case.json'), 'utf8'))
      const out = at(`${base}-${name}.safetensors`)
      const result = await cli(
        ...['probe', '--model', join(golden, base, 'base'), '--adapter', join(source, 'adapter')],
        ...[
          '--batch',
          join(golden, base, 'batch.json'),
          '--gradients',
          '--steps',
          '5',
          '--learning-rate',
          '1e-2',
        ],
        ...['--weight-decay', '0.01', '--out', out, '--json'],
      )
      expect(result.code, result.stderr).toBe(0)
      const { loss, trace, lossAfter } = result.json() as { loss: number; trace: number[]; lossAfter: number }
      expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-4)
      trace.forEach((x, i) => {
        expect(Math.abs(x - expected.trace.losses[i])).toBeLessThan(1e-4)
      })
      expect(trace).toHaveLength(5)
      expect(Math.abs(lossAfter - expected.trace.loss_after_last_step)).toBeLessThan(1e-4)
      const written = await tensors(out)
      const logits = (await tensors(join(source, 'logits.safetensors'))).get('logits')!
      expect(difference(written.get('logits')!, logits)).toBeLessThan(1e-4)
      const gradients = await tensors(join(source, 'grads.safetensors'))
      for (const { name: parameter, adapter_file_key: key } of expected.trainable)
        expect(
          difference(written.get(key ?? 'prompt_embeddings')!, gradients.get(parameter)!),
          key,
        ).toBeLessThan(1e-4)
    })

  test('without an adapter the gradients are those of the model itself', async () => {
    const out = at('base.safetensors')
    const result = await cli(
      ...['probe', '--model', join(golden, 'llama', 'base'), '--batch', join(golden, 'llama', 'batch.json')],
      ...['--gradients', '--out', out, '--json'],
    )
    expect(result.code, result.stderr).toBe(0)
    const expected = await tensors(join(golden, 'llama', 'base_grads.safetensors'))
    const written = await tensors(out)
    for (const [name, tensor] of expected)
      expect(difference(written.get(name)!, tensor), name).toBeLessThan(1e-4)
  })

  test('generate gives the golden tokens', async () => {
    const source = join(golden, 'llama', 'lora')
    const { greedy } = JSON.parse(await readFile(join(source, 'case.json'), 'utf8'))
    const result = await cli(
      ...['generate', '--model', join(golden, 'llama', 'base'), '--adapter', join(source, 'adapter')],
      ...['--prompt-ids', greedy.prompt.join(','), '--max-tokens', '10', '--json'],
    )
    expect(result.code, result.stderr).toBe(0)
    expect((result.json() as { ids: number[] }).ids).toEqual(greedy.manual_tokens.slice(greedy.prompt.length))
  })
})

describe('bad input gets what, why and what to do, and a code', () => {
  const refused = async (sentence: string | RegExp, ...args: readonly string[]) => {
    const result = await cli(...args, '--json')
    expect(result.code).not.toBe(0)
    const { error } = result.json() as { error: { code: string; message: string; hint: string } }
    expect(error.message).toMatch(sentence)
    expect(error.hint.length).toBeGreaterThan(10)
    expect(result.stderr).toContain(error.message)
  }
  const training = (...args: readonly string[]) => ['train', ...args, ...small]

  test('commands and settings', async () => {
    await refused(/unknown command/, 'trian')
    await refused(/required option/, 'train')
    await refused('no method called', ...training('--model', model, '--data', data, '--method', 'magic'))
    await refused(
      'no option "rank"',
      ...training('--model', model, '--data', data, '--method', 'lora', '--set', 'rank=4'),
    )
    await refused(
      'layers_to_transform',
      ...training('--model', model, '--data', data, '--method', 'lora'),
      ...['--set', 'target_modules="all-linear"', '--set', 'layers_to_transform=0'],
    )
    await refused('r = 0', ...training('--model', model, '--data', data, '--method', 'lora', '--set', 'r=0'))
    await refused('--steps', 'train', '--model', model, '--data', data, '--method', 'lora', '--steps', '-1')
    await refused(
      'There is no device "abacus"',
      ...training('--model', model, '--data', data, '--method', 'lora', '--device', 'abacus'),
    )
    await refused(
      'no built-in model',
      ...training('--model', 'builtin:none', '--data', data, '--method', 'lora'),
    )
  })

  test('models', async () => {
    await refused('/nowhere', ...training('--model', '/nowhere', '--data', data, '--method', 'lora'))
    await cp(model, at('cut'), { recursive: true })
    await truncate(at('cut/model.safetensors'), 5000)
    await refused('model.safetensors', ...training('--model', at('cut'), '--data', data, '--method', 'lora'))
    await cp(model, at('other'), { recursive: true })
    const config = JSON.parse(await readFile(at('other/config.json'), 'utf8'))
    await writeFile(at('other/config.json'), JSON.stringify({ ...config, hidden_size: 48 }))
    await refused(/shape/, ...training('--model', at('other'), '--data', data, '--method', 'lora'))
    await writeFile(at('other/config.json'), JSON.stringify({ ...config, model_type: 'mamba' }))
    await refused('mamba', ...training('--model', at('other'), '--data', data, '--method', 'lora'))
    await cp(model, at('mute'), { recursive: true })
    await rm(at('mute/tokenizer.json'))
    await refused(/tokenizer/, ...training('--model', at('mute'), '--data', data, '--method', 'lora'))
  })

  test('runs that do not fit, with what would', async () => {
    await mkdir(at('narrow'), { recursive: true })
    await writeFile(at('narrow/settings.json'), JSON.stringify({ memoryLimitBytes: 256e6 }))
    const large = ['--model', 'builtin', '--data', 'builtin', '--method', 'lora', '--batch', '256']
    const result = await run(at('narrow'), 'train', ...large, '--length', '64', '--json')
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(
      /needs about .* of memory \(activations .*the limit in the settings is 256 MB/,
    )
    expect(result.stderr).toMatch(/These would fit: \d+ rows per step \([\d.]+ MB\)/)
    expect((await run(at('narrow'), 'runs', 'list', '--json')).json()).toEqual([])
  })

  test('data', async () => {
    await refused(
      'missing.jsonl',
      ...training('--model', model, '--data', at('missing.jsonl'), '--method', 'lora'),
    )
    await writeFile(at('empty.jsonl'), '')
    await refused(/empty/, ...training('--model', model, '--data', at('empty.jsonl'), '--method', 'lora'))
    await writeFile(at('odd.jsonl'), '{"a": 1}\n{"a": 2}\n')
    await refused(/columns/, ...training('--model', model, '--data', at('odd.jsonl'), '--method', 'lora'))
  })

  test('adapters', async () => {
    const base = join(golden, 'llama', 'base')
    const generate = (adapter: string) => [
      'generate',
      '--model',
      base,
      '--adapter',
      adapter,
      '--prompt-ids',
      '1,2',
      '--max-tokens',
      '2',
    ]
    await refused(/does not fit this model/, ...generate(join(golden, 'gpt2', 'lora', 'adapter')))
    await cp(join(golden, 'llama', 'lora', 'adapter'), at('adapter'), { recursive: true })
    const config = JSON.parse(await readFile(at('adapter/adapter_config.json'), 'utf8'))
    const change = (entries: object) =>
      writeFile(at('adapter/adapter_config.json'), JSON.stringify({ ...config, ...entries }))
    await change({ peft_type: 'SORCERY' })
    await refused('SORCERY', ...generate(at('adapter')))
    await change({ use_qalora: true })
    await refused('use_qalora', ...generate(at('adapter')))
    await change({ brand_new_option: 3 })
    await refused('brand_new_option', ...generate(at('adapter')))
    await change({})
    await rm(at('adapter/adapter_model.safetensors'))
    await writeFile(at('adapter/adapter_model.bin'), 'x')
    await refused('pickle', ...generate(at('adapter')))
  })
})
