/** Models that Hugging Face transformers makes here give the same logits and loss. Needs PEER_PYTHON; skipped elsewhere. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchFromHuggingFace } from '../engine/data/hugging-face-batch.ts'
import { openSafetensors, readAllTensors } from '../engine/files/safetensors.ts'
import { none } from '../engine/methods/none.ts'
import { openModel } from '../engine/models/load.ts'
import { cpu } from '../engine/testing/cpu.ts'
import { TrainingSession } from '../engine/train/session.ts'

const python = process.env.PEER_PYTHON

const cases: Record<
  string,
  { class: string; config: Record<string, unknown>; dtype?: string; shards?: string; length?: number }
> = {
  llama_gqa_bias: {
    class: 'Llama',
    config: { attention_bias: true, mlp_bias: true, num_key_value_heads: 1 },
  },
  llama_tied_wide_heads: { class: 'Llama', config: { tie_word_embeddings: true, head_dim: 16 } },
  llama_linear: { class: 'Llama', config: { rope_scaling: { rope_type: 'linear', factor: 4.0 } } },
  llama_dynamic_long: {
    class: 'Llama',
    config: { max_position_embeddings: 16, rope_scaling: { rope_type: 'dynamic', factor: 2.0 } },
    length: 24,
  },
  llama_llama3: {
    class: 'Llama',
    config: {
      rope_theta: 500000.0,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 8.0,
        low_freq_factor: 1.0,
        high_freq_factor: 4.0,
        original_max_position_embeddings: 32,
      },
    },
  },
  llama_bfloat16: { class: 'Llama', config: {}, dtype: 'bfloat16' },
  llama_float16_sharded: { class: 'Llama', config: {}, dtype: 'float16', shards: '20KB' },
  mistral_window: { class: 'Mistral', config: { sliding_window: 5 }, length: 14 },
  qwen2: { class: 'Qwen2', config: { tie_word_embeddings: false } },
  qwen2_window: {
    class: 'Qwen2',
    config: { use_sliding_window: true, sliding_window: 4, max_window_layers: 1 },
    length: 14,
  },
  qwen3: { class: 'Qwen3', config: { head_dim: 16 } },
  gpt2: { class: 'GPT2', config: { n_inner: 80, scale_attn_by_inverse_layer_idx: true } },
  gpt2_relu_untied: { class: 'GPT2', config: { activation_function: 'relu', tie_word_embeddings: false } },
}

const script = `
import json, sys, torch, transformers
from safetensors.torch import save_file
cases, folder = json.load(sys.stdin), sys.argv[1]
for name, case in cases.items():
    torch.manual_seed(len(name))
    common = dict(vocab_size=96, initializer_range=0.2, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    if case["class"] == "GPT2":
        common.update(n_embd=32, n_layer=2, n_head=4, n_positions=64, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0)
    else:
        common.update(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
                      num_key_value_heads=2, max_position_embeddings=64)
    config = getattr(transformers, case["class"] + "Config")(**{**common, **case["config"]})
    config._attn_implementation = "eager"
    model = getattr(transformers, case["class"] + ("LMHeadModel" if case["class"] == "GPT2" else "ForCausalLM"))(config).eval()
    stored = getattr(torch, case.get("dtype", "float32"))
    model = model.to(stored)
    model.save_pretrained(f"{folder}/{name}", max_shard_size=case.get("shards", "5GB"))
    # Read again: casting a model also rounds its table of rotary angles, which a file does not hold.
    model = type(model).from_pretrained(f"{folder}/{name}", dtype=torch.float32, attn_implementation="eager").eval()
    length = case.get("length", 12)
    ids = torch.randint(3, 96, (2, length))
    mask = torch.ones_like(ids)
    mask[1, length - 3:] = 0
    labels = ids.masked_fill(mask == 0, -100)
    with torch.no_grad():
        out = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False)
    save_file({"logits": out.logits.contiguous()}, f"{folder}/{name}/expected.tensors")
    json.dump({"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "labels": labels.tolist(), "loss": out.loss.item()},
              open(f"{folder}/{name}/expected.json", "w"))
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-models-'))
  if (python !== undefined)
    execFileSync(python, ['-c', script, folder], {
      input: JSON.stringify(cases),
      stdio: ['pipe', 'ignore', 'pipe'],
    })
})
afterAll(() => rm(folder, { recursive: true }))

describe('transformers models', () => {
  for (const name of Object.keys(cases))
    test.skipIf(python === undefined)(`${name} (skipped without PEER_PYTHON)`, async () => {
      const dir = join(folder, name)
      const { json } = await (await import('../engine/files/json.ts')).readJsonObject(
        join(dir, 'expected.json'),
      )
      const { loss, ...rows } = json
      const loaded = await openModel(dir, { cacheDir: join(folder, 'cache') })
      const session = new TrainingSession({ device: cpu, loaded, method: none, config: {} })
      const batch = batchFromHuggingFace(rows, { virtualTokens: 0, allLogits: true })
      const ours = await session.logits(batch)
      const theirs = (await readAllTensors(await openSafetensors(join(dir, 'expected.tensors')))).get(
        'logits',
      )!
      const furthest = (ours.data as Float32Array).reduce(
        (m, x, i) => Math.max(m, Math.abs(x - Number(theirs.data[i]))),
        0,
      )
      expect(furthest).toBeLessThan(1e-4)
      expect(Math.abs((await session.evaluate(batch)) / batch.labelCount - Number(loss))).toBeLessThan(1e-5)
      await session.dispose()
    })
})
