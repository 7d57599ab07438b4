/** Command: `node resources/generate/all.ts` writes the built-in tokenizer, model configuration and datasets anew. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { diskError } from '../../engine/errors.ts'
import { readme } from './dataset-readme.ts'
import { buildSplits } from './datasets/dataset.ts'
import { DATASETS } from './datasets/index.ts'
import { generationConfig, MODEL, specialTokensMap, tokenizerConfig, tokenizerJson } from './model-files.ts'
import { trainTokenizer } from './train-tokenizer.ts'

export const MODEL_FOLDER = 'models/studio-tiny'

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
const jsonl = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/** Every generated file: path below `resources/` and content. Weights are trained by the engine, not here. */
export function generateAll(): Map<string, string> {
  const files = new Map<string, string>([
    [`${MODEL_FOLDER}/tokenizer.json`, json(tokenizerJson(trainTokenizer()))],
    [`${MODEL_FOLDER}/tokenizer_config.json`, json(tokenizerConfig())],
    [`${MODEL_FOLDER}/special_tokens_map.json`, json(specialTokensMap())],
    [`${MODEL_FOLDER}/config.json`, json(MODEL)],
    [`${MODEL_FOLDER}/generation_config.json`, json(generationConfig())],
  ])
  for (const dataset of DATASETS) {
    const splits = buildSplits(dataset)
    files.set(`datasets/${dataset.name}/train.jsonl`, jsonl(splits.train))
    files.set(`datasets/${dataset.name}/validation.jsonl`, jsonl(splits.validation))
    files.set(`datasets/${dataset.name}/README.md`, readme(dataset, splits))
  }
  const datasets = DATASETS.map(({ name, title, description, task, train, validation }) => ({
    name,
    title,
    description,
    task,
    rows: { train, validation },
  }))
  return files.set('datasets/index.json', json({ datasets }))
}

if (import.meta.main) {
  for (const [name, content] of generateAll()) {
    const path = join(import.meta.dirname, '..', name)
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    } catch (error) {
      throw diskError('write', path, error)
    }
    console.log(`resources/${name}`)
  }
}
