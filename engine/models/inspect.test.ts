import { copyFile, cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  openSafetensors,
  readAllTensors,
  type WritableTensor,
  writeSafetensors,
} from '../files/safetensors.ts'
import { writeTinyModel } from '../testing/tiny-model.ts'
import { inspectModel } from './inspect.ts'

const BUILT_IN = join(import.meta.dirname, '../../resources/models/studio-tiny')

let root: string
let tiny: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'inspect-'))
  tiny = await writeTinyModel(join(root, 'tiny'))
})
afterAll(() => rm(root, { recursive: true }))

let count = 0
/** A copy of the tiny model, spoiled by `damage`. */
async function damaged(damage: (dir: string) => Promise<unknown>): Promise<string> {
  const dir = join(root, `damaged-${count++}`)
  await cp(tiny, dir, { recursive: true })
  await damage(dir)
  return dir
}

async function editConfig(dir: string, changes: Record<string, unknown>): Promise<void> {
  const path = join(dir, 'config.json')
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }))
}

/** Writes the weights again, other than they were. */
async function editWeights(dir: string, edit: (tensors: Map<string, WritableTensor>) => void): Promise<void> {
  const path = join(dir, 'model.safetensors')
  const tensors = new Map<string, WritableTensor>()
  for (const [name, { shape, data }] of await readAllTensors(await openSafetensors(path)))
    if (data instanceof Float32Array) tensors.set(name, { dtype: 'F32', shape, data })
  edit(tensors)
  await writeSafetensors(path, tensors)
}

const zeros = (...shape: number[]): WritableTensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
})

describe('inspectModel', () => {
  it('tells what the built-in model is', async () => {
    const { model, problems } = await inspectModel(BUILT_IN)
    expect(problems).toEqual([])
    expect(model).toMatchObject({
      family: 'LLaMA',
      parameters: 2_656_704,
      facts: { layers: 6, width: 192, heads: 6, keyValueHeads: 2, contextLength: 512, vocabularySize: 1536 },
      tokenizer: { kind: 'BPE', tokens: 1536 },
      chatTemplate: true,
    })
    expect(model!.diskBytes).toBeGreaterThan(model!.folder.bytes)
  })

  it('reads the licence of the model card', async () => {
    const dir = await damaged((folder) =>
      writeFile(join(folder, 'README.md'), '---\ntags:\n- x\nlicense: apache-2.0\n---\n# Tiny\n'),
    )
    expect((await inspectModel(dir)).model?.licence).toBe('apache-2.0')
  })
})

const REFUSALS: readonly [string, (dir: string) => Promise<unknown>, string, RegExp, RegExp][] = [
  [
    'an architecture that is not known',
    (dir) => editConfig(dir, { model_type: 'mamba', architectures: ['MambaForCausalLM'] }),
    'unsupported',
    /"mamba" \(MambaForCausalLM\)/,
    /gpt2, llama, mistral, qwen2, qwen3/,
  ],
  [
    'a width that the weights contradict',
    (dir) => editConfig(dir, { intermediate_size: 65 }),
    'bad-model',
    /gate_proj\.weight has the shape \[64,32\], but config\.json asks for \[65,32\]; 5 more tensors/,
    /different models/,
  ],
  [
    'more layers in config.json than in the weights',
    (dir) => editConfig(dir, { num_hidden_layers: 3 }),
    'bad-model',
    /no tensor model\.layers\.2\.\S+ and 8 others/,
    /shard/,
  ],
  [
    'fewer layers in config.json than in the weights',
    (dir) => editConfig(dir, { num_hidden_layers: 1 }),
    'bad-model',
    /hold model\.layers\.1\.\S+, but config\.json describes a model of 1 layers/,
    /published with the weights/,
  ],
  [
    'a bias that would not be computed',
    (dir) => editWeights(dir, (t) => t.set('model.layers.0.self_attn.q_proj.bias', zeros(32))),
    'bad-model',
    /q_proj\.bias, but config\.json describes a layer without a bias/,
    /published with the weights/,
  ],
  [
    'a head that is neither stored nor tied',
    (dir) => editConfig(dir, { tie_word_embeddings: false }),
    'bad-model',
    /no tensor lm_head\.weight/,
    /download/,
  ],
  [
    'weights that end too early',
    (dir) => truncate(join(dir, 'model.safetensors'), 20_000),
    'bad-file',
    /it is cut off/,
    /download or copy it again/,
  ],
  [
    'no tokenizer',
    (dir) => rm(join(dir, 'tokenizer.json')),
    'not-found',
    /no tokenizer\.json/,
    /AutoTokenizer/,
  ],
  [
    'the tokenizer of another model',
    async (dir) => {
      await editConfig(dir, { vocab_size: 100 })
      await editWeights(dir, (t) => t.set('model.embed_tokens.weight', zeros(100, 32)))
    },
    'bad-model',
    /token ids up to 15\d\d, but the model knows 100 tokens/,
    /tokenizer\.json belongs to another model/,
  ],
  [
    'float8 weights',
    (dir) =>
      editWeights(dir, (t) =>
        t.set('model.norm.weight', { dtype: 'F8_E4M3', shape: [32], data: new Uint8Array(32) }),
      ),
    'unsupported',
    /stored as F8_E4M3/,
    /float32, float16 or bfloat16/,
  ],
]

describe('folders that cannot be trained on', () => {
  it.each(REFUSALS)('%s', async (_, damage, code, message, hint) => {
    const { problems } = await inspectModel(await damaged(damage))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  it('everything that is wrong is told at once', async () => {
    const dir = await damaged(async (folder) => {
      await rm(join(folder, 'model.safetensors'))
      await writeFile(join(folder, 'pytorch_model.bin'), 'PK')
      await editConfig(folder, { model_type: 'mamba', architectures: ['MambaForCausalLM'] })
      await rm(join(folder, 'tokenizer.json'))
    })
    const { model, problems } = await inspectModel(dir)
    expect(model).toBeNull()
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('a Python pickle'),
      expect.stringContaining('"mamba"'),
      expect.stringContaining('no tokenizer.json'),
    ])
  })

  it('buffers and heads of other tasks do not matter', async () => {
    const dir = await damaged((folder) =>
      editWeights(folder, (t) => {
        t.set('model.layers.0.self_attn.rotary_emb.inv_freq', zeros(8))
        t.set('score.weight', zeros(2, 32))
      }),
    )
    expect((await inspectModel(dir)).problems).toEqual([])
  })

  it('a folder that is no model has one problem', async () => {
    const dir = join(root, 'empty')
    await mkdir(dir)
    expect((await inspectModel(dir)).problems).toHaveLength(1)
    await copyFile(join(BUILT_IN, 'README.md'), join(dir, 'README.md'))
    expect((await inspectModel(join(root, 'absent'))).problems).toMatchObject([{ code: 'not-found' }])
  })
})
