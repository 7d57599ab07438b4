/**
 * How long the method screen waits for its figures: the thread behind it, asked as typing asks it, on models of several
 * sizes. `node bench/method-figures.ts [--json]`. Weights are holes in sparse files: figures need shapes, not numbers.
 */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from '../electron/cli/table.ts'
import { FiguresThread } from '../electron/host/methods/figures-thread.ts'
import { sizeOf } from '../engine/graph/host-tensor.ts'
import { methods } from '../engine/methods/index.ts'
import { readModel } from '../engine/models/index.ts'
import { survey } from '../engine/models/load.ts'
import { gpt2Small } from './shapes.ts'

const llama = (layers: number, width: number, inner: number, heads: number, keyValueHeads: number) => ({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 32_000,
  hidden_size: width,
  intermediate_size: inner,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: keyValueHeads,
  max_position_embeddings: 4096,
  tie_word_embeddings: false,
})

const shapes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'GPT-2 small, 12 layers': gpt2Small(50_257),
  'TinyLlama 1.1B, 22 layers': llama(22, 2048, 5632, 32, 4),
  'LLaMA 7B, 32 layers': llama(32, 4096, 11_008, 32, 32),
  'LLaMA 70B, 80 layers': llama(80, 8192, 28_672, 64, 8),
}

/** A bfloat16 model folder whose weights take no room on the disk. */
async function writeOutline(dir: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  const { parameters } = survey(readModel(config))
  let offset = 0
  const entries = [...parameters].map(([name, shape]) => {
    const begin = offset
    offset += 2 * sizeOf(shape)
    return [name, { dtype: 'BF16', shape, data_offsets: [begin, offset] }] as const
  })
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)))
  const file = await open(join(dir, 'model.safetensors'), 'w')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  await file.write(length)
  await file.write(header)
  await file.truncate(8 + header.length + offset)
  await file.close()
  await writeFile(join(dir, 'config.json'), JSON.stringify(config))
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

async function measure(config: Readonly<Record<string, unknown>>) {
  const model = await mkdtemp(join(tmpdir(), 'figures-'))
  const thread = new FiguresThread()
  try {
    await writeOutline(model, config)
    const ask = (method: string, r: number) =>
      thread.ask('estimate', { model, method, methodConfig: { r }, training: {}, memoryBytes: 64e9 })
    const first = await milliseconds(() => ask('lora', 8))
    const repeated = async (work: (i: number) => Promise<unknown>) => {
      const times: number[] = []
      for (let i = 0; i < 21; i++) times.push(await milliseconds(() => work(i)))
      return median(times)
    }
    const attachment = (i: number) => ({ model, method: 'lora', methodConfig: { r: 9 + i } })
    return {
      first,
      estimate: await repeated((i) => ask('lora', 9 + i)),
      drawing: await repeated((i) => thread.ask('drawing', attachment(i))),
      check: await repeated((i) => thread.ask('check', { ...attachment(i), training: {} })),
      all: await milliseconds(() =>
        Promise.all(
          [...methods.keys()].map((method) =>
            thread.ask('estimate', { model, method, methodConfig: {}, training: {}, memoryBytes: 64e9 }),
          ),
        ),
      ),
    }
  } finally {
    await thread.close()
    await rm(model, { recursive: true })
  }
}

const lines: ({ readonly name: string } & Awaited<ReturnType<typeof measure>>)[] = []
for (const [name, config] of Object.entries(shapes)) lines.push({ name, ...(await measure(config)) })
if (process.argv.includes('--json')) console.log(JSON.stringify(lines))
else {
  const column = (title: string, key: Exclude<keyof (typeof lines)[number], 'name'>) => ({
    title,
    value: (line: (typeof lines)[number]) => line[key].toFixed(0),
    align: 'right' as const,
  })
  console.log(
    table(lines, [
      { title: 'MILLISECONDS', value: (line) => line.name },
      column('FIRST', 'first'),
      column('ESTIMATE', 'estimate'),
      column('DRAWING', 'drawing'),
      column('CHECK', 'check'),
      column('ALL METHODS', 'all'),
    ]),
  )
}
