/** Base models: what is known of each, adding and forgetting folders, and whether a method's training fits the machine. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { count, failureSchema, instant } from './shared.ts'

/** What a folder says about its model; read from config.json, the headers of the weights and the tokenizer. */
export const modelFactsSchema = z.object({
  /** As in config.json, e.g. `LlamaForCausalLM`. */
  architecture: z.string(),
  modelType: z.string(),
  /** The family's own name, e.g. `LLaMA`. */
  family: z.string(),
  /** Numbers of the model as it computes; a tied head counts once. */
  parameters: count,
  layers: count,
  width: count,
  heads: count,
  keyValueHeads: count,
  headSize: count,
  contextLength: count,
  vocabulary: count,
  tiedHead: z.boolean(),
  /** Stored types of the weights, the one with most numbers first. */
  dtypes: z.array(z.object({ dtype: z.string(), parameters: count })),
  /** Bytes of the weights in the files. */
  weightBytes: count,
  /** Bytes of all files of the folder. */
  diskBytes: count,
  /** Null where it is missing or cannot be read. */
  tokenizer: z.object({ kind: z.string(), tokens: count }).nullable(),
  chatTemplate: z.boolean(),
  /** What README front matter or a licence file says; null when the folder says nothing. */
  licence: z.string().nullable(),
})
export type ModelFacts = z.infer<typeof modelFactsSchema>

export const modelSources = ['built-in', 'local', 'hub'] as const

export const modelCardSchema = z.object({
  id: z.string(),
  name: z.string(),
  source: z.enum(modelSources),
  /** The folder. */
  path: z.string(),
  /** Where a download came from: `owner/name` and the commit. */
  origin: z.object({ repository: z.string(), revision: z.string() }).nullable(),
  /** Null until the folder has been read, and where it cannot be. */
  facts: modelFactsSchema.nullable(),
  /** Why the model cannot be used now (folder gone, files changed or damaged); null when it can. */
  problem: failureSchema.nullable(),
  addedAt: instant.nullable(),
  /** When a run on it was last made. */
  lastUsedAt: instant.nullable(),
  /** Runs made on it that are still in the studio. */
  runs: count,
})
export type ModelCard = z.infer<typeof modelCardSchema>

/** A folder looked at before it is added: what it holds, and everything that speaks against it. */
export const inspectionSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** What could be read; null where the architecture itself is not known. */
  facts: modelFactsSchema.nullable(),
  /** Empty: the folder can be added. */
  problems: z.array(failureSchema),
  /** The id under which it is in the studio already. */
  known: z.string().nullable(),
})
export type ModelInspection = z.infer<typeof inspectionSchema>

const modelId = z.object({ id: z.string() })
const folder = z.object({ path: z.string().min(1) })

export const fitSchema = z.object({
  /** Rows and tokens per row that the figures are for. */
  rows: count,
  length: count,
  /** What a run may take: the setting, or the machine's memory. */
  memoryBytes: count,
  methods: z.array(
    z.object({
      method: z.string(),
      title: z.string(),
      /** Memory of its training at this shape; null where the method cannot be used on this model. */
      bytes: count.nullable(),
      fits: z.boolean(),
      /** Why it cannot be used, where it cannot. */
      reason: z.string().nullable(),
    }),
  ),
})
export type ModelFit = z.infer<typeof fitSchema>

export const modelsContract = {
  /** The built-in model first, then by name. */
  list: oc.output(z.array(modelCardSchema)),
  get: oc.input(modelId).output(modelCardSchema),
  /** Never fails for what is wrong with the folder: that is in `problems`. */
  inspect: oc.input(folder).output(inspectionSchema),
  /** Fails with the first of the problems `inspect` lists. */
  add: oc
    .input(folder.extend({ name: z.string().trim().min(1).max(120).optional() }))
    .output(modelCardSchema),
  rename: oc.input(modelId.extend({ name: z.string().trim().min(1).max(120) })).output(modelCardSchema),
  /**
   * Takes the model off the list; runs made on it stay. `files: 'delete'` also deletes a download (never a folder that
   * the person added). Refused while runs on it wait or run.
   */
  remove: oc.input(modelId.extend({ files: z.enum(['keep', 'delete']).default('keep') })).output(z.void()),
  /** Takes the folder as it is now as the model (after its files changed on purpose). */
  accept: oc.input(modelId).output(modelCardSchema),
  /** Whether training fits this machine, per method, at its default settings; takes seconds on large models. */
  fit: oc.input(modelId).output(fitSchema),
}
