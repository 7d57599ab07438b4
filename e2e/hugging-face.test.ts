/** Hugging Face PEFT itself loads what we write: no missing key, the same logits. Needs PEER_PYTHON; skipped elsewhere. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSafetensors, readAllTensors } from '../engine/files/safetensors.ts'
import { methods } from '../engine/methods/index.ts'
import { writeTinyModel } from '../engine/testing/tiny-model.ts'
import { cli as run } from './cli.ts'

const python = process.env.PEER_PYTHON
const script = `
import json, sys, warnings
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
from safetensors.torch import save_file
base, adapter, batch, out = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager", dtype=torch.float32)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    model = PeftModel.from_pretrained(model, adapter)
ids = torch.tensor(json.load(open(batch))["input_ids"])
with torch.no_grad():
    save_file({"logits": model.eval()(input_ids=ids).logits.contiguous()}, out)
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-'))
})
afterAll(() => rm(folder, { recursive: true }))

const peft = [...methods.values()].filter((m) => m.format.kind === 'peft')

for (const { name } of peft)
  test.skipIf(python === undefined)(
    `${name} trained here, loaded there (skipped without PEER_PYTHON)`,
    async () => {
      const at = (file: string) => join(folder, `${name}-${file}`)
      const model = await writeTinyModel(at('model'))
      const rows = Array.from({ length: 20 }, (_, i) =>
        JSON.stringify({ prompt: `Say ${i}`, completion: `It is ${i}.` }),
      )
      await writeFile(at('rows.jsonl'), rows.join('\n'))
      const cli = (...args: readonly string[]) => run(at('data'), ...args)
      const options = [
        '--steps',
        '6',
        '--batch',
        '1',
        '--length',
        '64',
        '--set',
        'learning_rate=0.05',
        '--out',
        at('run'),
      ]
      const trained = await cli(
        'train',
        '--model',
        model,
        '--data',
        at('rows.jsonl'),
        '--method',
        name,
        ...options,
      )
      expect(trained.code, trained.stderr).toBe(0)
      await writeFile(at('batch.json'), JSON.stringify({ input_ids: [[5, 9, 300, 41, 77, 12]] }))
      const adapter = join(at('run'), 'adapter')
      const probed = await cli(
        'probe',
        '--model',
        model,
        '--adapter',
        adapter,
        '--batch',
        at('batch.json'),
        '--out',
        at('ours'),
      )
      expect(probed.code, probed.stderr).toBe(0)
      execFileSync(python!, ['-c', script, model, adapter, at('batch.json'), at('theirs')], { stdio: 'pipe' })
      const [ours, theirs] = await Promise.all(
        [at('ours'), at('theirs')].map(
          async (path) => (await readAllTensors(await openSafetensors(path))).get('logits')!,
        ),
      )
      expect(ours!.shape).toEqual(theirs!.shape)
      const furthest = (ours!.data as Float32Array).reduce(
        (m, x, i) => Math.max(m, Math.abs(x - Number(theirs!.data[i]))),
        0,
      )
      expect(furthest).toBeLessThan(1e-4)
    },
  )
