/** Adapters that Hugging Face PEFT makes here give the same logits and gradients. Needs PEER_PYTHON; skipped elsewhere. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAdapter, openAdapter } from '../engine/adapters/adapter-folder.ts'
import { batchFromHuggingFace } from '../engine/data/hugging-face-batch.ts'
import { readJsonObject } from '../engine/files/json.ts'
import { openSafetensors, readAllTensors } from '../engine/files/safetensors.ts'
import type { HostTensor } from '../engine/graph/host-tensor.ts'
import { openModel } from '../engine/models/load.ts'
import { cpu } from '../engine/testing/cpu.ts'
import { TrainingSession } from '../engine/train/session.ts'

const python = process.env.PEER_PYTHON

interface Case {
  readonly base: string
  readonly peft: string
  readonly config: Record<string, unknown>
}

const cases: Record<string, Case> = {
  lora_default_targets_mistral: { base: 'Mistral', peft: 'Lora', config: { r: 3 } },
  lora_all_linear_qwen3: {
    base: 'Qwen3',
    peft: 'Lora',
    config: { r: 2, lora_alpha: 7, target_modules: 'all-linear' },
  },
  lora_all_linear_gpt2: {
    base: 'GPT2',
    peft: 'Lora',
    config: { r: 5, lora_alpha: 3, target_modules: 'all-linear' },
  },
  lora_layers: {
    base: 'Llama',
    peft: 'Lora',
    config: { target_modules: ['o_proj', 'up_proj'], layers_to_transform: 0, rank_pattern: { o_proj: 2 } },
  },
  lora_rs_patterns: {
    base: 'Qwen2',
    peft: 'Lora',
    config: {
      use_rslora: true,
      r: 6,
      target_modules: 'model\\.layers\\.\\d+\\.(self_attn|mlp)\\.(k_proj|gate_proj)',
      alpha_pattern: { k_proj: 32 },
    },
  },
  lora_bias_all: { base: 'GPT2', peft: 'Lora', config: { bias: 'all', target_modules: ['c_proj'] } },
  lora_bias_only: {
    base: 'Qwen2',
    peft: 'Lora',
    config: { bias: 'lora_only', target_modules: ['q_proj', 'o_proj'] },
  },
  lora_saved_norms_head: {
    base: 'Llama',
    peft: 'Lora',
    config: { target_modules: ['v_proj'], modules_to_save: ['lm_head', 'post_attention_layernorm'] },
  },
  lora_saved_attention: {
    base: 'Llama',
    peft: 'Lora',
    config: { target_modules: ['up_proj'], modules_to_save: ['0.self_attn'] },
  },
  lora_head_tied: { base: 'Qwen2', peft: 'Lora', config: { target_modules: ['lm_head', 'q_proj'] } },
  lora_positions: { base: 'GPT2', peft: 'Lora', config: { target_modules: ['wpe', 'c_fc'] } },
  lora_tokens_tied: {
    base: 'GPT2',
    peft: 'Lora',
    config: { target_modules: ['c_attn'], trainable_token_indices: [5, 17] },
  },
  lora_tokens_named: {
    base: 'Llama',
    peft: 'Lora',
    config: { target_modules: ['q_proj'], trainable_token_indices: { embed_tokens: [3, 4, 90] } },
  },
  dora_gpt2: {
    base: 'GPT2',
    peft: 'Lora',
    config: { use_dora: true, r: 3, lora_alpha: 9, target_modules: ['c_attn', 'c_fc'] },
  },
  dora_rslora_bias: {
    base: 'Qwen2',
    peft: 'Lora',
    config: { use_dora: true, use_rslora: true, r: 3, bias: 'lora_only' },
  },
  ia3_default_qwen3: { base: 'Qwen3', peft: 'IA3', config: {} },
  ia3_default_gpt2: { base: 'GPT2', peft: 'IA3', config: {} },
  ia3_saved: {
    base: 'Llama',
    peft: 'IA3',
    config: {
      target_modules: ['o_proj', 'gate_proj', 'down_proj'],
      feedforward_modules: ['gate_proj'],
      modules_to_save: ['lm_head'],
    },
  },
  prompt_tuning_long: { base: 'Mistral', peft: 'PromptTuning', config: { num_virtual_tokens: 21 } },
  prompt_tuning_gpt2: {
    base: 'GPT2',
    peft: 'PromptTuning',
    config: { num_virtual_tokens: 3, prompt_tuning_init: 'SAMPLE_VOCAB' },
  },
}

const script = `
import json, sys, torch, transformers, peft
from safetensors.torch import save_file
cases, folder = json.load(sys.stdin), sys.argv[1]
shapes = {"GPT2": dict(n_embd=24, n_layer=3, n_head=3, n_positions=64, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0)}
other = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=3, num_key_value_heads=1,
             max_position_embeddings=64, head_dim=8)
for name, case in cases.items():
    torch.manual_seed(len(name) * 7 + 1)
    kind = case["base"]
    config = getattr(transformers, kind + "Config")(
        vocab_size=101, initializer_range=0.2, bos_token_id=1, eos_token_id=2, pad_token_id=0,
        tie_word_embeddings=kind in ("GPT2", "Qwen2"), **shapes.get(kind, other))
    config._attn_implementation = "eager"
    model = getattr(transformers, kind + ("LMHeadModel" if kind == "GPT2" else "ForCausalLM"))(config)
    base = f"{folder}/{name}/base"
    model.save_pretrained(base)
    model = type(model).from_pretrained(base, attn_implementation="eager", dtype=torch.float32)
    model = peft.get_peft_model(model, getattr(peft, case["peft"] + "Config")(task_type="CAUSAL_LM", **case["config"]))
    trained = {k: p for k, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for p in trained.values():
            p.add_(torch.randn_like(p) * 0.1)
    model.save_pretrained(f"{folder}/{name}/adapter")
    ids = torch.randint(3, 101, (3, 11))
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0
    labels = ids.masked_fill(mask == 0, -100)
    labels[:, :3] = -100
    out = model(input_ids=ids, attention_mask=mask, labels=labels)
    out.loss.backward()
    grads = {k.replace(".default", "").replace("modules_to_save.", ""): p.grad.contiguous() for k, p in trained.items()
             if p.grad is not None}
    grads = {"prompt_embeddings" if k.startswith("prompt_encoder") else k.replace("vector.weight", "vector"): v for k, v in grads.items()}
    save_file({"logits": out.logits.detach().contiguous()}, f"{folder}/{name}/logits")
    save_file(grads, f"{folder}/{name}/gradients")
    json.dump({"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "labels": labels.tolist(), "loss": out.loss.item()},
              open(f"{folder}/{name}/batch.json", "w"))
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-adapters-'))
  if (python !== undefined)
    execFileSync(python, ['-c', script, folder], {
      input: JSON.stringify(cases),
      stdio: ['pipe', 'ignore', 'pipe'],
    })
})
afterAll(() => rm(folder, { recursive: true }))

const tensors = async (path: string) => readAllTensors(await openSafetensors(path))

function furthest(a: HostTensor, b: HostTensor): number {
  return (a.data as Float32Array).reduce((m, x, i) => Math.max(m, Math.abs(x - Number(b.data[i]))), 0)
}

describe('PEFT adapters', () => {
  for (const name of Object.keys(cases))
    test.skipIf(python === undefined)(`${name} (skipped without PEER_PYTHON)`, async () => {
      const at = (file: string) => join(folder, name, file)
      const { loss: expectedLoss, ...rows } = (await readJsonObject(at('batch.json'))).json
      const loaded = await openModel(at('base'))
      const adapter = await openAdapter(at('adapter'))
      const { method, config } = adapter
      const session = new TrainingSession({ device: cpu, loaded, method, config })
      await session.load(
        bindAdapter(
          adapter,
          session.trained,
          loaded.sites.map((s) => s.module),
        ),
      )
      const virtualTokens = method.virtualTokens?.(config) ?? 0
      const batch = batchFromHuggingFace(rows, { virtualTokens, allLogits: true })
      const { loss, gradients } = await session.gradients(batch)
      expect(Math.abs(loss - Number(expectedLoss))).toBeLessThan(1e-4)
      const logits = (await tensors(at('logits'))).get('logits')!
      expect(furthest(await session.logits(batch), logits)).toBeLessThan(1e-4)
      const expected = await tensors(at('gradients'))
      expect([...gradients.keys()].sort()).toEqual([...expected.keys()].sort())
      for (const [key, gradient] of gradients)
        expect(furthest(gradient, expected.get(key)!), key).toBeLessThan(1e-4)
      await session.dispose()
    })
})
