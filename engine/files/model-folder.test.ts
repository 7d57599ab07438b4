import { createHash } from 'node:crypto'
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadWeight, openModelFolder, weightsHash } from './model-folder.ts'
import { type WritableTensor, writeSafetensors } from './safetensors.ts'

const GOLDEN = join(import.meta.dirname, 'golden/llama')

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'model-'))
})
afterAll(() => rm(root, { recursive: true }))

let count = 0
/** A folder with these files: text as it is, objects as JSON. */
async function folder(files: Readonly<Record<string, string | object>>): Promise<string> {
  const dir = join(root, `${count++}`)
  await mkdir(dir)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return dir
}

const config = { model_type: 'llama', architectures: ['LlamaForCausalLM'] }
const ones = (n: number): WritableTensor => ({ dtype: 'F32', shape: [n], data: new Float32Array(n).fill(1) })
const index = (map: Record<string, string>) => ({ metadata: { total_size: 1 }, weight_map: map })
const A = 'model-00001-of-00002.safetensors'
const B = 'model-00002-of-00002.safetensors'

async function sharded(map: Record<string, string>, first: string[], second: string[]): Promise<string> {
  const dir = await folder({ 'config.json': config, 'model.safetensors.index.json': index(map) })
  const tensors = (names: string[]) => Object.fromEntries(names.map((name) => [name, ones(2)]))
  await writeSafetensors(join(dir, A), tensors(first))
  await writeSafetensors(join(dir, B), tensors(second))
  return dir
}

describe('openModelFolder', () => {
  it('opens a golden model and locates its weights', async () => {
    const model = await openModelFolder(GOLDEN)
    expect(model).toMatchObject({
      dir: GOLDEN,
      modelType: 'llama',
      architectures: ['LlamaForCausalLM'],
      totalParameters: 24736,
      bytes: 4 * 24736,
    })
    expect([...model.dtypes]).toEqual([['F32', 24736]])
    expect(model.config.hidden_size).toBe(32)
    const file = await readFile(join(GOLDEN, 'model.safetensors'))
    for (const [name, { path, offset, bytes, shape }] of model.weights) {
      expect(path).toBe(join(GOLDEN, 'model.safetensors'))
      const tensor = await loadWeight(model, name)
      expect(tensor.shape).toEqual(shape)
      expect(Buffer.from(tensor.data.buffer).equals(file.subarray(offset, offset + bytes))).toBe(true)
    }
    expect(await weightsHash(model)).toBe(createHash('sha256').update(file).digest('hex'))
    await expect(loadWeight(model, 'lm_head.weigth')).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('"lm_head.weight"'),
    })
  })

  it('hashes the content: equal for a copy, different for other configurations, weights or values', async () => {
    const { hash } = await openModelFolder(GOLDEN)
    const copy = join(root, 'copy')
    await cp(GOLDEN, copy, { recursive: true })
    await utimes(join(copy, 'model.safetensors'), 5, 5)
    const copied = await openModelFolder(copy)
    expect(copied.hash).toBe(hash)
    const path = join(copy, 'model.safetensors')
    const bytes = await readFile(path)
    const { offset, bytes: length } = copied.weights.get('model.norm.weight')!
    bytes[offset + length / 2]! ^= 1
    await writeFile(path, bytes)
    const changed = await openModelFolder(copy)
    expect(changed.hash).not.toBe(hash)
    expect(await weightsHash(changed)).not.toBe(await weightsHash(await openModelFolder(GOLDEN)))
    await copyFile(join(GOLDEN, 'model.safetensors'), path)
    await writeFile(join(copy, 'config.json'), JSON.stringify(config))
    expect((await openModelFolder(copy)).hash).not.toBe(hash)
  })

  it('opens shards, counts floats as parameters and keeps tensors that the index does not name', async () => {
    const dir = await sharded({ a: A, b: B }, ['a', 'extra'], ['b'])
    await writeSafetensors(join(dir, B), {
      b: ones(2),
      mask: { dtype: 'bool', shape: [3], data: new Uint8Array(3) },
    })
    const model = await openModelFolder(dir)
    expect([...model.weights.keys()].sort()).toEqual(['a', 'b', 'extra', 'mask'])
    expect(model).toMatchObject({ totalParameters: 6, bytes: 27 })
    expect(model.weights.get('b')).toMatchObject({ path: join(dir, B), name: 'b', dtype: 'F32', shape: [2] })
    const lines = await Promise.all(
      [A, B].map(async (name) => {
        const sum = createHash('sha256')
          .update(await readFile(join(dir, name)))
          .digest('hex')
        return `${sum}  ${name}\n`
      }),
    )
    expect(await weightsHash(model)).toBe(createHash('sha256').update(lines.join('')).digest('hex'))
  })

  it.skipIf(process.platform === 'win32')(
    'follows the links of a Hugging Face cache and names broken ones',
    async () => {
      const cache = await folder({ 'blobs/c': config, 'snapshots/1/x': '', 'refs/main': '1' })
      await copyFile(join(GOLDEN, 'model.safetensors'), join(cache, 'blobs/w'))
      const snapshot = join(cache, 'snapshots/1')
      await symlink('../../blobs/c', join(snapshot, 'config.json'))
      await symlink('../../blobs/w', join(snapshot, 'model.safetensors'))
      const model = await openModelFolder(snapshot)
      expect(model.dir).toBe(snapshot)
      expect(model.weights.get('lm_head.weight')?.path).toBe(join(cache, 'blobs/w'))
      await expect(openModelFolder(cache)).rejects.toMatchObject({
        hint: expect.stringContaining('"snapshots"'),
      })
      await rm(join(cache, 'blobs/w'))
      await expect(openModelFolder(snapshot)).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining('it is a link to a file that is not there'),
      })
    },
  )
})

const C = { 'config.json': config }
const DEFECTS: readonly [string, Record<string, string | object>, string, string][] = [
  ['nothing', {}, 'not-found', 'it has no config.json'],
  ['an adapter', { 'adapter_config.json': {} }, 'bad-model', 'it is an adapter, not a base model'],
  [
    'config.json broken',
    { 'config.json': '{', 'model.safetensors': '' },
    'bad-file',
    'config.json: it is not valid JSON',
  ],
  [
    'config.json a list',
    { 'config.json': '[]', 'model.safetensors': '' },
    'bad-file',
    'it holds no JSON object',
  ],
  [
    'config.json empty',
    { 'config.json': {}, 'model.safetensors': '' },
    'bad-config',
    'neither "model_type" nor',
  ],
  ['no weights', C, 'not-found', 'it has no model.safetensors.'],
  [
    'weights under another name',
    { ...C, 'my.safetensors': '' },
    'not-found',
    'no model.safetensors, only my.safetensors',
  ],
  [
    'shards without index',
    { ...C, [A]: '' },
    'not-found',
    `index model.safetensors.index.json that belongs to ${A}`,
  ],
  ['damaged weights', { ...C, 'model.safetensors': 'abc' }, 'bad-file', 'it has 3 bytes'],
  [
    'pytorch_model.bin',
    { ...C, 'pytorch_model.bin': '' },
    'unsupported',
    'pytorch_model.bin, a Python pickle',
  ],
  [
    'a sharded pickle',
    { 'pytorch_model-00001-of-00002.bin': '' },
    'unsupported',
    'can run any program hidden in it',
  ],
  ['adapter_model.bin', { 'adapter_model.bin': '' }, 'unsupported', 'adapter_model.bin, a Python pickle'],
  ['*.pth', { ...C, 'consolidated.00.pth': '' }, 'unsupported', 'a Python pickle'],
  ['*.ckpt', { ...C, 'last.ckpt': '' }, 'unsupported', 'a Python pickle'],
  ['*.pt', { ...C, 'weights.pt': '' }, 'unsupported', 'a Python pickle'],
  ['GGUF', { 'model-Q4_K_M.gguf': '' }, 'unsupported', 'GGUF is a format for running models'],
  [
    'a quantised configuration',
    { 'config.json': { ...config, quantization_config: { quant_method: 'gptq' } }, 'model.safetensors': '' },
    'unsupported',
    'its weights are quantised (gptq)',
  ],
  [
    'index without map',
    { ...C, 'model.safetensors.index.json': {} },
    'bad-file',
    'its "weight_map" does not say',
  ],
  [
    'a shard that is missing',
    { ...C, 'model.safetensors.index.json': index({ a: A }) },
    'not-found',
    `its index names ${A}, which is missing`,
  ],
  ...['../x.safetensors', '/etc/x.safetensors', 'a\\x.safetensors', 'C:x.safetensors', '..', 'x.bin'].map(
    (name): [string, Record<string, string | object>, string, string] => [
      `the shard name ${name}`,
      { ...C, 'model.safetensors.index.json': index({ a: name }) },
      'bad-model',
      'which is not a safetensors file inside the folder',
    ],
  ),
]

describe('folders that are refused', () => {
  it.each(DEFECTS)('%s', async (_, files, code, sentence) => {
    const dir = await folder(files)
    const error = await openModelFolder(dir).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'StudioError', code, message: expect.stringContaining(sentence) })
    expect(error).toMatchObject({ message: expect.stringContaining(dir), hint: expect.stringMatching(/\.$/) })
  })

  it('index and shards that disagree', async () => {
    await expect(openModelFolder(await sharded({ a: A, b: B, c: B }, ['a'], ['b']))).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining(`its index says that ${B} holds the tensor "c", but it does not`),
    })
    await expect(openModelFolder(await sharded({ a: A, b: B }, ['a'], ['a', 'b']))).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining(`both ${A} and ${B} hold the tensor "a"`),
    })
  })

  it('quantised weights that only their names give away', async () => {
    for (const [name, method] of [
      ['layers.0.q_proj.qweight', 'gptq or awq'],
      ['layers.0.q_proj.SCB', 'bitsandbytes'],
    ] as const) {
      const dir = await folder(C)
      await writeSafetensors(join(dir, 'model.safetensors'), { [name]: ones(1) })
      await expect(openModelFolder(dir)).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining(`its weights are quantised (${method})`),
      })
    }
  })

  it('paths that are no folder', async () => {
    await expect(openModelFolder(join(root, 'none'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(openModelFolder(join(GOLDEN, 'model.safetensors'))).rejects.toMatchObject({
      code: 'bad-model',
      hint: 'Choose the folder that the file is in.',
    })
    const dir = await folder({ 'm.gguf': '', 'm.pt': '' })
    await expect(openModelFolder(join(dir, 'm.gguf'))).rejects.toMatchObject({ code: 'unsupported' })
    await expect(openModelFolder(join(dir, 'm.pt'))).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('a Git LFS pointer in place of config.json', async () => {
    const dir = await folder({
      'config.json': 'version https://git-lfs.github.com/spec/v1\n',
      'model.safetensors': '',
    })
    await expect(openModelFolder(dir)).rejects.toMatchObject({
      message: expect.stringContaining('Git LFS pointer'),
    })
  })
})
