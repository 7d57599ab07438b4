/**
 * The settings of a training run as fields: the plan's checker (plan.ts), the defaults (defaults.ts), the command line and
 * every form are made from this one declaration.
 */
import { boolean, type ConfigOf, choice, integer, number, optional, text } from '../methods/fields.ts'
import type { WeightChoice } from '../models/weight-choice.ts'
import type { recomputeChoices } from './recompute.ts'

const run = { group: 'Length of the run' }
const optimiser = { group: 'Optimiser' }
const batches = { group: 'Batches' }
const evaluation = { group: 'Evaluation' }
const machine = { group: 'Machine' }

/** The `device` of a plan that leaves the choice to what was measured. */
export const AUTOMATIC_DEVICE = 'auto'

/**
 * Entries of a plan under their own names. Five defaults depend on the method or on the number of steps: what stands here
 * holds for none in particular, `trainingDefaults` gives the true ones.
 */
export const planFields = {
  steps: integer({
    ...run,
    label: 'Steps',
    help: 'Updates of the trained parameters; the schedule of the learning rate ends with the last one.',
    default: 100,
    min: 1,
    sensible: {
      low: 10,
      because:
        'AdamW needs some updates before its averages mean anything, and warm-up takes the first of them',
    },
  }),
  patience: integer({
    ...run,
    label: 'Patience',
    help: 'Ends after so many evaluations without a better validation loss; 0 trains all steps.',
    default: 0,
    min: 0,
    advanced: true,
  }),
  seed: integer({
    ...run,
    label: 'Seed',
    help: 'Decides the first values, the order of the data, and dropout. The same seed gives the same run to the last bit.',
    default: 1,
    min: 0,
  }),
  batch: integer({
    ...batches,
    label: 'Rows per step',
    help: 'Rows computed at the same time. With packing a row holds as many examples as fit into it.',
    default: 4,
    min: 1,
    unit: 'rows',
  }),
  length: integer({
    ...batches,
    label: 'Tokens per row',
    help: 'Longer examples are cut. The virtual tokens of soft prompts count.',
    default: 256,
    min: 2,
    unit: 'tokens',
  }),
  packing: boolean({
    ...batches,
    label: 'Packing',
    help: 'Several examples share a row, none of which sees another, so that padding is not computed.',
    default: true,
    advanced: true,
  }),
  gradientAccumulation: integer({
    ...batches,
    label: 'Accumulation',
    help: 'Adds the gradients of so many batches before an update: a larger batch in the memory of a small one.',
    default: 1,
    min: 1,
    unit: 'batches',
    advanced: true,
  }),
  learningRate: number({
    ...optimiser,
    label: 'Learning rate',
    help: 'Size of an update at the top of the schedule. The right one differs a hundredfold between methods.',
    default: 1e-3,
    above: 0,
  }),
  schedule: choice({
    ...optimiser,
    label: 'Schedule',
    help: 'How the learning rate goes on after the warm-up.',
    default: 'linear',
    options: { linear: 'falls linearly to 0', cosine: 'falls to 0 along a cosine', constant: 'stays' },
  }),
  warmupSteps: integer({
    ...optimiser,
    label: 'Warm-up',
    help: 'Steps over which the learning rate rises from 0.',
    default: 5,
    min: 0,
    unit: 'steps',
  }),
  weightDecay: number({
    ...optimiser,
    label: 'Weight decay',
    help: 'Pulls the trained parameters towards 0 by this share of the learning rate in each step (AdamW).',
    default: 0,
    min: 0,
    advanced: true,
    sensible: { high: 0.3, because: 'the pull towards 0 then works against the gradient in every step' },
  }),
  maxGradientNorm: optional(
    number({
      ...optimiser,
      label: 'Gradient clipping',
      help: 'Gradients whose norm over all tensors is greater are scaled down to it.',
      default: 1,
      above: 0,
      advanced: true,
    }),
    'not clipped',
    1,
  ),
  evaluateEvery: integer({
    ...evaluation,
    label: 'Evaluate every',
    help: 'Steps between two evaluations on the validation rows; 0 = only after the last step.',
    default: 20,
    min: 0,
    unit: 'steps',
  }),
  keepBest: boolean({
    ...evaluation,
    label: 'Keep the best',
    help: 'The adapter of the evaluation with the lowest validation loss is the result, not the last one.',
    default: true,
    advanced: true,
  }),
  checkpointEvery: integer({
    ...evaluation,
    label: 'Checkpoint every',
    help: 'Steps between two checkpoints, from which a run can be resumed or forked; 0 = only after the last step.',
    default: 25,
    min: 0,
    unit: 'steps',
    advanced: true,
  }),
  keepCheckpoints: integer({
    ...evaluation,
    label: 'Checkpoints kept',
    help: 'The newest so many checkpoints stay on the disk; older ones are removed.',
    default: 4,
    min: 1,
    advanced: true,
  }),
  watchdog: choice({
    ...evaluation,
    label: 'Watchdog',
    help: 'Looks for spikes, plateaus, overfitting and a learning rate that is far off while the run goes on.',
    default: 'tell',
    options: { off: 'off', tell: 'says what it finds', stop: 'also stops a run that will not get better' },
    advanced: true,
  }),
  device: text({
    ...machine,
    label: 'Compute on',
    help: 'A device of this machine; auto = the fastest one, measured for this model, method and shape.',
    default: AUTOMATIC_DEVICE,
    names: 'devices',
  }),
  weights: choice<WeightChoice>({
    ...machine,
    label: 'Frozen weights',
    help: 'How the frozen matrices, token tables and the head are kept in memory; norms, biases and what is trained stay float32.',
    default: 'float32',
    options: {
      float32: 'float32',
      '16-bit': '16 bits, as most models are published',
      '8-bit': '8 bits, in blocks with a factor each',
      '4-bit': '4 bits (QLoRA); token tables and the head 8',
    },
  }),
  profile: choice({
    ...machine,
    label: 'Profile',
    help: 'Fast keeps some weights a second time, arranged for the matrix kernels; low-memory does not.',
    default: 'fast',
    options: { fast: 'fast', 'low-memory': 'low memory' },
  }),
  recompute: optional(
    choice<(typeof recomputeChoices)[number]>({
      ...machine,
      label: 'Recomputation',
      help: 'What is computed a second time for the gradient instead of being kept: less memory, more time.',
      default: 'none',
      options: {
        none: 'nothing',
        attention: 'scores and weights of attention',
        layers: 'whole layers (least memory, about a third more time)',
      },
      advanced: true,
    }),
    'as the profile has it',
  ),
  threads: optional(
    integer({
      ...machine,
      label: 'Threads',
      help: 'Threads of the matrix kernels.',
      default: 1,
      min: 1,
      max: 1024,
      advanced: true,
    }),
    'as many as there are cores',
  ),
} as const

/** Settings whose right value differs between methods: kept apart for each. */
export const perMethodKeys = [
  'learningRate',
  'weightDecay',
  'warmupSteps',
] as const satisfies readonly (keyof typeof planFields)[]

/** Settings that also mean something where nothing is trained and rows are only scored; `exampleFields` do, too. */
export const scoringKeys = [
  'seed',
  'batch',
  'length',
  'packing',
  'device',
  'weights',
  'threads',
] as const satisfies readonly (keyof typeof planFields)[]

/** How rows become examples; a plan keeps them with its data. */
export const exampleFields = {
  learn: optional(
    choice<'completion' | 'assistant' | 'all'>({
      group: 'Data',
      label: 'Learn',
      help: 'Which tokens count in the loss.',
      default: 'all',
      options: { completion: 'the completion', assistant: "the assistant's turns", all: 'every token' },
      advanced: true,
    }),
    'the completion, or the turns of the assistant',
  ),
  chat: optional(
    boolean({
      group: 'Data',
      label: 'Chat template',
      help: "Whether prompts and completions are written in the model's chat template.",
      default: true,
      advanced: true,
    }),
    'where the model has one',
  ),
} as const

/** Everything about the training that a person sets, in the order of a form. */
export const trainingFields = { ...planFields, ...exampleFields } as const

export type PlanSettings = ConfigOf<typeof planFields>
export type ExampleSettings = ConfigOf<typeof exampleFields>
export type TrainingSettings = ConfigOf<typeof trainingFields>
