/** Methods: which there are, what a choice would cost on this model and machine, what speaks for it, and what looks wrong. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { trainingSettingsSchema } from '../../engine/train/plan.ts'
import { measurementSchema } from './devices.ts'
import { fieldSchema, remarkSchema, valuesSchema } from './fields.ts'
import { jobSchema } from './jobs.ts'
import { count, instant } from './shared.ts'

const sourceSchema = z.object({ title: z.string(), url: z.string() })

/** Something that an adapter can or cannot do, with how or why not. */
export const abilitySchema = z.object({
  key: z.string(),
  label: z.string(),
  has: z.boolean(),
  because: z.string(),
})
export type Ability = z.infer<typeof abilitySchema>

/** What the literature says about a method, with the place where it says so. */
export const claimSchema = z.object({ text: z.string(), source: sourceSchema.nullable() })
export type Claim = z.infer<typeof claimSchema>

export const methodSchema = z.object({
  name: z.string(),
  title: z.string(),
  taxonomy: z.string(),
  paper: sourceSchema,
  explain: z.string(),
  chooseWhen: z.string(),
  avoidWhen: z.string(),
  defaults: z.object({ learningRate: z.number(), weightDecay: z.number(), warmupRatio: z.number() }),
  /** Merge, stack, hot swap, cached generation, … */
  abilities: z.array(abilitySchema),
  /** Whether anything is trained; a baseline is only scored. */
  trains: z.boolean(),
  /** Where it attaches, in words. */
  attaches: z.array(z.string()),
  /** Which file an adapter of it is, in words. */
  file: z.string(),
  evidence: z.array(claimSchema),
  fields: z.array(fieldSchema),
})
export type MethodView = z.infer<typeof methodSchema>

/** A method with its settings on a model: only what differs from the defaults needs to be there. */
export const attachmentSchema = z.object({
  modelId: z.string().min(1),
  method: z.string().min(1),
  methodConfig: valuesSchema.default({}),
})

export const choiceSchema = attachmentSchema.extend({
  training: trainingSettingsSchema.partial().default({}),
})
/** As a caller writes it. */
export type Choice = z.input<typeof choiceSchema>

const withData = { datasetVersionId: z.string().min(1) }

export const estimateSchema = z.object({
  trainableParameters: count,
  totalParameters: count,
  /** Of all numbers of the model with its adapter. */
  share: z.number(),
  adapterBytes: count,
  /** Memory by parts in the order of a stacked bar; the sum is `totalBytes`. */
  parts: z.array(
    z.object({
      key: z.enum(['process', 'weights', 'copies', 'adapter', 'optimizer', 'activations']),
      label: z.string(),
      help: z.string(),
      bytes: count,
    }),
  ),
  totalBytes: count,
  /** What may be used: the memory of the device (`place` names it), or the limit in the settings. */
  machine: z.object({ bytes: count, limited: z.boolean(), place: z.string() }),
  fits: z.boolean(),
  /** Places with a label in a batch; `assumed`: without data, half of all tokens. */
  labels: z.object({ slots: count, assumed: z.boolean() }),
  /** What the base takes in each form that its frozen weights can be kept in (the setting `weights`), the largest first. */
  weightChoices: z.array(z.object({ choice: z.string(), title: z.string(), bytes: count })),
})
export type EstimateView = z.infer<typeof estimateSchema>

/** How the rows of a dataset become the batches of a run. */
export const layoutSchema = z.object({
  examples: count,
  validationExamples: count.nullable(),
  /** Batches of one pass over the training examples. */
  batchesPerEpoch: count,
  validationBatches: count.nullable(),
  /** Places with a label in a batch. */
  labelSlots: count,
  labelsPerEpoch: count,
  tokensPerEpoch: count,
  /** Training examples that are longer than a row, and those that have no label left. */
  truncated: count,
  dropped: count,
  /** Tokens of the longest training example, virtual ones counted. */
  longest: count,
  /** Steps of the run, and the passes over the training examples that they make. */
  steps: count,
  epochs: z.number(),
  notices: z.array(z.string()),
})
export type LayoutView = z.infer<typeof layoutSchema>

export const measuredSchema = z.object({
  measurement: measurementSchema,
  steps: count,
  /** For all steps and evaluations of the run. */
  runSeconds: z.number(),
})
export type Measured = z.infer<typeof measuredSchema>

/** A tensor that would be trained. */
const tensorSchema = z.object({
  key: z.string(),
  shape: z.array(count),
  parameters: count,
  /** Whether it is a tensor of the base, trained in place. */
  ofBase: z.boolean(),
})

export const siteSchema = z.object({
  kind: z.enum(['linear', 'embedding', 'norm', 'sequence', 'key-value', 'hidden', 'block', 'parameter']),
  /** Name inside its layer, such as `self_attn.q_proj`; outside of layers the whole name. */
  name: z.string(),
  /** Whole name, of the first layer of a group. */
  module: z.string(),
  /** What it is, in words: "linear layer", "place where attention joins the stream". */
  what: z.string(),
  shape: z.array(count),
  /** Numbers of the base model at this place. */
  baseParameters: count,
  /** The module whose trained tensor this place uses, too (a tied head). */
  sharedWith: z.string().nullable(),
  /** What would be trained here; empty: unchanged. */
  trained: z.array(tensorSchema),
})
export type SiteView = z.infer<typeof siteSchema>

export const drawingSchema = z.object({
  model: z.object({
    type: z.string(),
    parameters: count,
    layers: count,
    width: count,
    vocabulary: count,
    contextLength: count,
    tiedHead: z.boolean(),
  }),
  /** Virtual tokens before every example, and prefix keys in every layer. */
  virtualTokens: count,
  prefixLength: count,
  before: z.array(siteSchema),
  /** Layers that are the same and get the same, together: `layers` are their numbers. */
  groups: z.array(z.object({ layers: z.array(count), module: z.string(), sites: z.array(siteSchema) })),
  after: z.array(siteSchema),
  trainedParameters: count,
  trainedTensors: count,
})
export type Drawing = z.infer<typeof drawingSchema>

/** Module names of a model that a field may name: the last parts, and how many modules end with each. */
export const moduleNamesSchema = z.object({
  layers: count,
  /** `target`: whether the method has a rule for modules of this kind. */
  modules: z.array(z.object({ name: z.string(), kind: z.string(), count, target: z.boolean() })),
  /** By field: the modules that the method takes where that field is null. */
  usual: z.record(z.string(), z.array(z.string())),
})
export type ModuleNames = z.infer<typeof moduleNamesSchema>

/** What a person wants of the adapter. */
export const wishSchema = z.enum(['merge', 'stack', 'free-use', 'small-file', 'little-memory'])
export type Wish = z.infer<typeof wishSchema>

export const adviceSchema = z.object({
  method: z.string(),
  title: z.string(),
  /** `excluded`: something that was asked for is impossible with it. */
  verdict: z.enum(['best', 'good', 'possible', 'excluded']),
  reasons: z.array(
    z.object({
      weight: z.enum(['for', 'against', 'excludes']),
      text: z.string(),
      source: sourceSchema.nullable(),
    }),
  ),
})
export type Advice = z.infer<typeof adviceSchema>

export const adviceRequestSchema = z.object({
  modelId: z.string().min(1),
  datasetVersionId: z.string().optional(),
  /** Training examples, where there is no dataset yet. */
  rows: count.optional(),
  /** Less than this machine has. */
  memoryBytes: count.optional(),
  training: trainingSettingsSchema.partial().default({}),
  wishes: z.array(wishSchema).default([]),
  /** How far the task is from what the model does already. */
  distance: z.enum(['style', 'task', 'knowledge']).optional(),
})
export type AdviceRequest = z.input<typeof adviceRequestSchema>

export const presetSchema = z.object({
  id: z.string(),
  method: z.string(),
  name: z.string(),
  methodConfig: valuesSchema,
  training: trainingSettingsSchema.partial(),
  savedAt: instant,
})
export type Preset = z.infer<typeof presetSchema>

export const methodsContract = {
  /** Every registered method. */
  list: oc.output(z.array(methodSchema)),
  /** How training is set, with the defaults that suit the method and the settings made so far. */
  trainingFields: oc
    .input(
      z
        .object({ method: z.string().optional(), training: trainingSettingsSchema.partial().default({}) })
        .optional(),
    )
    .output(z.array(fieldSchema)),
  /** Parameters, file and memory of the real training graph; quick enough to follow typing. */
  estimate: oc.input(choiceSchema.extend({ labelSlots: count.optional() })).output(estimateSchema),
  /** How the data would be laid out in batches; reads and tokenises it, once per version. */
  layout: oc.input(choiceSchema.extend(withData)).output(layoutSchema),
  drawing: oc.input(attachmentSchema).output(drawingSchema),
  moduleNames: oc.input(attachmentSchema.pick({ modelId: true, method: true })).output(moduleNamesSchema),
  /** Settings that would be refused, and those that make little sense; values of any kind are taken. */
  check: oc
    .input(
      attachmentSchema.extend({
        training: valuesSchema.default({}),
        data: layoutSchema
          .pick({
            examples: true,
            validationExamples: true,
            batchesPerEpoch: true,
            tokensPerEpoch: true,
            truncated: true,
            longest: true,
          })
          .optional(),
      }),
    )
    .output(z.array(remarkSchema)),
  /**
   * Starts measuring; the job's result is a `Measurement` on the device that the run would be computed on. Where that is
   * chosen by measuring, all devices are. One that is known for the same choice is not made again.
   */
  probe: oc
    .input(choiceSchema.extend(withData).extend({ again: z.boolean().default(false) }))
    .output(jobSchema),
  /** What is known about the time of a choice from earlier probes. */
  measured: oc.input(choiceSchema.extend(withData)).output(measuredSchema.nullable()),
  /** All methods, best first. */
  advise: oc.input(adviceRequestSchema).output(z.array(adviceSchema)),
  presets: {
    list: oc.output(z.array(presetSchema)),
    /** A preset of the same method and name is replaced. */
    save: oc
      .input(
        presetSchema
          .pick({ method: true, methodConfig: true, training: true })
          .extend({ name: z.string().trim().min(1).max(60) }),
      )
      .output(presetSchema),
    remove: oc.input(z.object({ id: z.string() })).output(z.void()),
  },
  /** The choice that a run was made with, as a draft has it: only what differs from the defaults. */
  ofRun: oc.input(z.object({ id: z.string() })).output(choiceSchema.extend({ datasetVersionId: z.string() })),
  /** The same choice as a command line, with what differs from the defaults. */
  command: oc.input(choiceSchema.extend(withData)).output(z.object({ command: z.string() })),
}
