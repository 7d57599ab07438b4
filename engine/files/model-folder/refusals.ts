/** The folders that cannot be opened as a base model, each with the reason and the way out. */

import { StudioError } from '../../errors.ts'

const PICKLE =
  /\.(pt|pth|ckpt|pkl|pickle)$|^(pytorch_model|adapter_model|pytorch_adapter|consolidated|model)\b.*\.bin$/i
const UNFINISHED = /\.(incomplete|part|partial|crdownload|aria2)$/i

/**
 * Throws where a folder holds weights only in a form that is refused, or nothing that could be a model.
 * @param names the entries of `dir`
 */
export function refuseOtherFormats(dir: string, names: readonly string[]): void {
  if (names.some((name) => name.endsWith('.safetensors') || name.endsWith('.safetensors.index.json'))) return
  const pickle = names.find((name) => PICKLE.test(name))
  if (pickle !== undefined) throw refusedPickle(dir, pickle)
  const gguf = names.find((name) => name.toLowerCase().endsWith('.gguf'))
  if (gguf !== undefined) throw refusedGguf(dir, gguf)
}

/** Pickle runs code on loading, whatever it claims to hold. */
export function refusedPickle(dir: string, name: string): StudioError {
  return new StudioError(
    'unsupported',
    `Cannot open ${dir}: its weights are in ${name}, a Python pickle, and opening a pickle can run any program hidden in it.`,
    'Download the safetensors version of the model, or convert it where you trust its source (in Python: ' +
      'AutoModelForCausalLM.from_pretrained(folder).save_pretrained(new_folder)).',
  )
}

/** GGUF holds quantised weights for inference under names of its own. */
export function refusedGguf(dir: string, name: string): StudioError {
  return new StudioError(
    'unsupported',
    `Cannot open ${dir}: its weights are in ${name}, and GGUF is a format for running models, mostly quantised, not for training them.`,
    'Download the original model that the GGUF file was made from, as a folder with config.json and safetensors.',
  )
}

/** No config.json: says what the folder seems to be instead. */
export function missingConfig(dir: string, names: readonly string[]): StudioError {
  const why = `Cannot open ${dir} as a model: it has no config.json`
  if (names.includes('adapter_config.json')) {
    return new StudioError(
      'bad-model',
      `${why}, but an adapter_config.json: it is an adapter, not a base model.`,
      'Choose the base model here, and open this folder as an adapter.',
    )
  }
  if (names.includes('snapshots')) {
    return new StudioError(
      'bad-model',
      `${why}; it is an entry of the Hugging Face cache, which keeps models one level deeper.`,
      'Choose one of the folders inside its folder "snapshots".',
    )
  }
  return new StudioError(
    'not-found',
    `${why}.`,
    `${unfinished(names)}Choose a folder in Hugging Face layout.`,
  )
}

/** A config.json, but no weights that could be read. */
export function missingWeights(dir: string, names: readonly string[]): StudioError {
  const others = names.filter((name) => name.endsWith('.safetensors')).sort()
  const shard = others.find((name) => /-\d+-of-\d+\.safetensors$/.test(name))
  const instead =
    shard !== undefined
      ? `, and the index model.safetensors.index.json that belongs to ${shard} is missing`
      : others.length > 0
        ? `, only ${others.join(', ')}`
        : ''
  const hint =
    shard === undefined && others.length > 0
      ? 'Rename the file that holds the whole model to model.safetensors.'
      : `${unfinished(names)}Download the missing file into this folder.`
  return new StudioError('not-found', `Cannot open ${dir}: it has no model.safetensors${instead}.`, hint)
}

function unfinished(names: readonly string[]): string {
  const partial = names.find((name) => UNFINISHED.test(name))
  return partial === undefined ? '' : `A download has not finished (${partial}). `
}

/** Throws where the configuration says that the weights are quantised. */
export function refuseQuantizedConfig(dir: string, config: Readonly<Record<string, unknown>>): void {
  const quantization = config.quantization_config ?? config.compression_config
  if (quantization === undefined || quantization === null) return
  const method =
    typeof quantization === 'object' && 'quant_method' in quantization ? quantization.quant_method : undefined
  throw refusedQuantized(dir, typeof method === 'string' ? method : 'an unnamed method')
}

/** Tensor names that only quantised checkpoints have, and the method they give away. */
const QUANTIZED_NAMES: readonly [RegExp, string][] = [
  [/\.qweight$|\.qzeros$/, 'gptq or awq'],
  [/\.SCB$|\.absmax$|\.quant_map$|\.quant_state\./, 'bitsandbytes'],
]

/** Throws where the names of the tensors show that the weights are quantised, though the configuration does not say so. */
export function refuseQuantizedNames(dir: string, names: Iterable<string>): void {
  for (const name of names) {
    const found = QUANTIZED_NAMES.find(([pattern]) => pattern.test(name))
    if (found) throw refusedQuantized(dir, found[1])
  }
}

function refusedQuantized(dir: string, method: string): StudioError {
  return new StudioError(
    'unsupported',
    `Cannot open ${dir}: its weights are quantised (${method}), and the studio trains on full-precision weights only.`,
    'Download the original model in float32, float16 or bfloat16; the studio can quantise it by itself.',
  )
}
