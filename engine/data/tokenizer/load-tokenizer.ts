/** Reads a Hugging Face tokenizer folder: tokenizer.json with the configuration of transformers 4 or 5. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { diskError, messageOf, StudioError } from '../../errors.ts'
import type { AddedToken } from './added-tokens.ts'
import { addedTokenSchema } from './added-tokens.ts'
import { decoder } from './decoders.ts'
import { modelOf } from './model.ts'
import { normalizer } from './normalizers.ts'
import { postProcessor } from './post-processors.ts'
import { preTokenizer } from './pre-tokenizers.ts'
import { stepSchema } from './step.ts'
import { Tokenizer } from './tokenizer.ts'

const files = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
] as const

const tokenizerSchema = z.looseObject({
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: stepSchema.nullish(),
  pre_tokenizer: stepSchema.nullish(),
  post_processor: stepSchema.nullish(),
  decoder: stepSchema.nullish(),
  model: z.looseObject({ type: z.string().optional() }),
})

/** A special token is its text, or (transformers 4) an object with flags. */
const specialToken = z.union([z.string(), z.looseObject({ content: z.string() })])
const names = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const

const configSchema = z.looseObject({
  ...Object.fromEntries(names.map((name) => [name, specialToken.nullish()])),
  added_tokens_decoder: z.record(z.string().regex(/^\d+$/), addedTokenSchema.omit({ id: true })).optional(),
  additional_special_tokens: z.array(specialToken).nullish(),
  extra_special_tokens: z.union([z.array(specialToken), z.record(z.string(), specialToken)]).nullish(),
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
  clean_up_tokenization_spaces: z.boolean().nullish(),
})
type Config = z.infer<typeof configSchema>

/**
 * @param folder a model or tokenizer folder in the Hugging Face layout
 * @throws StudioError not-found without tokenizer.json, bad-file when a file cannot be understood
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const [tokenizer, config, map, jinja] = await Promise.all(
    files.map((name) => readOptional(join(folder, name))),
  )
  if (tokenizer == null) {
    throw new StudioError(
      'not-found',
      `There is no tokenizer.json in ${folder}.`,
      'Choose a model folder with a fast tokenizer; transformers writes the file with AutoTokenizer.from_pretrained(…).save_pretrained(…).',
    )
  }
  const hash = createHash('sha256')
  for (const [i, text] of [tokenizer, config, map, jinja].entries()) {
    if (text != null) hash.update(`${files[i]}\0${text.length}\0${text}`)
  }
  return tokenizerFromTexts({
    tokenizer,
    // Keys of tokenizer_config.json win over the older special_tokens_map.json.
    config: { ...parse('special_tokens_map.json', map), ...parse('tokenizer_config.json', config) },
    jinja: jinja ?? null,
    hash: hash.digest('hex'),
  })
}

interface Texts {
  readonly tokenizer: string
  readonly config: Record<string, unknown>
  readonly jinja: string | null
  readonly hash: string
}

function tokenizerFromTexts({ tokenizer, config: rawConfig, jinja, hash }: Texts): Tokenizer {
  const json = check('tokenizer.json', tokenizerSchema, parse('tokenizer.json', tokenizer))
  const config = check('tokenizer_config.json', configSchema, rawConfig)
  const model = modelOf({ ...json.model, type: json.model.type ?? guessModel(json.model) })
  const specialTokens = specialTokensOf(config)
  const addedTokens = allAddedTokens(json.added_tokens, config, Object.values(specialTokens), model.vocab)
  return new Tokenizer({
    model,
    addedTokens,
    normalizer: json.normalizer == null ? null : normalizer(json.normalizer),
    preTokenizer: json.pre_tokenizer == null ? null : preTokenizer(json.pre_tokenizer),
    postProcessor: json.post_processor == null ? null : postProcessor(json.post_processor),
    decoder: json.decoder == null ? null : decoder(json.decoder),
    specialTokens,
    chatTemplate: jinja ?? templateOf(config),
    cleanUp: config.clean_up_tokenization_spaces ?? false,
    hash,
  })
}

async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw diskError('read the tokenizer file', path, error)
  }
}

function parse(name: string, text: string | null | undefined): Record<string, unknown> {
  if (text == null) return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new StudioError(
      'bad-file',
      `${name} is not valid JSON: ${messageOf(error)}.`,
      'Download the file again.',
      {
        cause: error,
      },
    )
  }
  return check(name, z.record(z.string(), z.unknown()), value)
}

function check<T>(name: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new StudioError(
    'bad-file',
    `${name} is not a tokenizer file as transformers writes it: ${z.prettifyError(parsed.error)}`,
    'Download the tokenizer again, or save it anew with a current version of transformers.',
  )
}

/** Files of early versions do not name the model's type. */
function guessModel(model: Record<string, unknown>): string {
  if (Array.isArray(model.vocab)) return 'Unigram'
  return 'merges' in model ? 'BPE' : 'continuing_subword_prefix' in model ? 'WordPiece' : 'WordLevel'
}

function contentOf(token: z.infer<typeof specialToken>): string {
  return typeof token === 'string' ? token : token.content
}

function specialTokensOf(config: Config): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const token = config[name] as z.infer<typeof specialToken> | null | undefined
    if (token != null) found[name] = contentOf(token)
  }
  return found
}

function templateOf(config: Config): string | null {
  const template = config.chat_template
  if (template == null || typeof template === 'string') return template ?? null
  return (template.find(({ name }) => name === 'default') ?? template[0])?.template ?? null
}

/** tokenizer.json's added tokens, those only the configuration knows, and named special tokens marked as special. */
function allAddedTokens(
  own: readonly AddedToken[],
  config: Config,
  named: readonly string[],
  vocab: ReadonlyMap<string, number>,
): AddedToken[] {
  const tokens = new Map(own.map((token) => [token.content, token]))
  for (const [id, token] of Object.entries(config.added_tokens_decoder ?? {})) {
    if (!tokens.has(token.content)) tokens.set(token.content, { ...token, id: Number(id) })
  }
  const extra = config.extra_special_tokens ?? []
  const listed = [
    ...(config.additional_special_tokens ?? []),
    ...(Array.isArray(extra) ? extra : Object.values(extra)),
  ]
  let next = 1 + Math.max(-1, ...[...tokens.values()].map(({ id }) => id))
  for (const id of vocab.values()) if (id >= next) next = id + 1
  for (const content of new Set([...named, ...listed.map(contentOf)])) {
    if (content === '') continue
    const token = tokens.get(content)
    const id = token?.id ?? vocab.get(content) ?? next++
    tokens.set(content, {
      single_word: false,
      lstrip: false,
      rstrip: false,
      ...token,
      content,
      id,
      special: true,
    })
  }
  return [...tokens.values()]
}
