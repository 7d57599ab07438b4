/** A tiny random model with the built-in tokenizer, for tests that train on text. */
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJsonObject } from '../files/json.ts'
import { writeRandomModel } from '../files/random-model.ts'

const builtIn = join(import.meta.dirname, '../../resources/models/studio-tiny')

/** Two layers, 32 wide, the built-in vocabulary; `changes` go into config.json. */
export async function writeTinyModel(dir: string, changes: Record<string, unknown> = {}): Promise<string> {
  const { json } = await readJsonObject(join(builtIn, 'config.json'))
  const size = { hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 2 }
  const heads = { num_key_value_heads: 1, head_dim: 16 }
  await writeRandomModel(dir, { ...json, ...size, ...heads, ...changes })
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'])
    await copyFile(join(builtIn, name), join(dir, name))
  return dir
}
