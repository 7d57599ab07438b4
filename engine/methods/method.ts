/** The contract of a method: identity, configuration, trainable tensors per place of attachment, forward rewrite, merge. */
import type { Demonstrations } from '../data/batches/demonstrations.ts'
import type { Value } from '../graph/value.ts'
import type { ModelFacts } from '../models/architecture.ts'
import type {
  BlockSite,
  EmbeddingSite,
  HiddenSite,
  KeyValueSite,
  LinearSite,
  NormSite,
  Prefix,
  SequenceSite,
  Site,
} from '../models/sites.ts'
import type { ConfigOf, Fields, Sensible } from './fields.ts'
import type { Initializer } from './initializers.ts'
import type { Suits } from './suits.ts'

/** A tensor that is trained at one site. */
export interface ParameterSpec {
  readonly shape: readonly number[]
  readonly init: Initializer
  /** Name in the adapter file, behind the module's path. */
  readonly key: string
  /** Further names under which the same tensor is written. */
  readonly aliases?: readonly string[]
}

export type Specs = Readonly<Record<string, ParameterSpec | undefined>>

/** The tensors of a site on the graph; a spec that may be absent gives a value that may be absent. */
export type Tensors<S extends Specs> = {
  readonly [K in keyof S]: S[K] extends ParameterSpec ? Value : Value | undefined
}

/** What the engine offers to a rewrite. */
export interface Surroundings {
  /** Drops elements of x at `rate` while training (inverted scaling); x itself otherwise. */
  dropout(x: Value, rate: number): Value
  /** Whether elements are dropped in this graph. */
  readonly training: boolean
  /** A frozen or trained parameter of the base, by Hugging Face name. */
  parameter(name: string, shape: readonly number[]): Value
  /** Which virtual token stands at each place, from 1; 0 = an ordinary token. int32 [tokens] */
  readonly virtual: Value
  /** Mean of x [tokens, n] over all tokens of the same segment. */
  segmentMean(x: Value): Value
}

export interface Rewrite<C, S extends Site, P extends Specs> {
  readonly site: S
  readonly config: C
  readonly p: Tensors<P>
  readonly env: Surroundings
}

export interface MergedLinear {
  /** [out, in] whatever the layer stores. */
  readonly weight: Value
  readonly bias?: Value | undefined
}

export interface LinearSeam<C, P extends Specs = Specs> {
  parameters(site: LinearSite, config: C): P
  /** @param base the layer's own result, with another bias or none (null) where asked */
  forward(at: Rewrite<C, LinearSite, P>, x: Value, base: (x: Value, bias?: Value | null) => Value): Value
  /** @param weight [out, in] */
  merge?(at: Rewrite<C, LinearSite, P>, weight: Value, bias: Value | undefined): MergedLinear
}

export interface EmbeddingSeam<C, P extends Specs = Specs> {
  parameters(site: EmbeddingSite, config: C): P
  forward(at: Rewrite<C, EmbeddingSite, P>, ids: Value, base: Value): Value
  merge?(at: Rewrite<C, EmbeddingSite, P>, weight: Value): Value
}

export interface NormSeam<C, P extends Specs = Specs> {
  parameters(site: NormSite, config: C): P
  forward(at: Rewrite<C, NormSite, P>, x: Value, base: (x: Value) => Value): Value
}

export interface SequenceSeam<C, P extends Specs = Specs> {
  readonly stage: SequenceSite['stage']
  parameters(site: SequenceSite, config: C): P
  forward(at: Rewrite<C, SequenceSite, P>, x: Value): Value
}

export interface PrefixSeam<C, P extends Specs = Specs> {
  parameters(site: KeyValueSite, config: C): P
  forward(at: Rewrite<C, KeyValueSite, P>): Prefix
}

export interface HiddenSeam<C, P extends Specs = Specs> {
  parameters(site: HiddenSite, config: C): P
  forward(at: Rewrite<C, HiddenSite, P>, x: Value): Value
}

export interface BlockSeam<C, P extends Specs = Specs> {
  parameters(site: BlockSite, config: C): P
  /** @param x residual stream before the sub-layer @param y the sub-layer's output */
  forward(at: Rewrite<C, BlockSite, P>, x: Value, y: Value): Value
}

/** Which kind of file an adapter of this method is. */
export type AdapterFormat =
  | {
      readonly kind: 'peft'
      /** `peft_type` */
      readonly type: string
      /** Options that tell this method from others of the same type. */
      readonly constants?: Readonly<Record<string, unknown>>
      /** Further entries that PEFT wants, or explicit values for options left to a default. */
      // biome-ignore lint/suspicious/noExplicitAny: the options' types are known to the method alone
      complete?(config: any, facts: ModelFacts, baseName: string): Record<string, unknown>
    }
  | { readonly kind: 'adapterhub' }
  /** A whole model folder. */
  | { readonly kind: 'model' }
  /** No tensors: the examples that stand in front, as text and tokens. */
  | { readonly kind: 'prompt' }

/** Families after Lialin et al. 2023 (arXiv 2303.15647), in the order in which they are shown. */
export const taxonomies = [
  'reparameterised',
  'additive: adapter',
  'additive: soft prompt',
  'selective',
  'hybrid',
  'full',
  'baseline',
] as const
export type Taxonomy = (typeof taxonomies)[number]

/** A setting that is allowed but makes little sense, in sentences for people. */
export interface Unusual {
  /** The field it is about. */
  readonly field: string
  readonly message: string
  /** What to do instead. */
  readonly hint: string
  readonly suggestion?: unknown
}

/** What a remark about settings may depend on. */
export interface Placement {
  readonly facts: ModelFacts
  /** The sites that the method attaches to with these settings. */
  readonly sites: readonly Site[]
}

export interface Method<F extends Fields = Fields, C = ConfigOf<F>> {
  /** Name on the command line and in files. */
  readonly name: string
  readonly title: string
  readonly taxonomy: Taxonomy
  readonly paper: { readonly title: string; readonly url: string }
  /** What it does, in plain words. */
  readonly explain: string
  readonly chooseWhen: string
  readonly avoidWhen: string
  readonly fields: F
  /** Training settings that suit this method. */
  readonly defaults: {
    readonly learningRate: number
    readonly weightDecay: number
    readonly warmupRatio: number
    /** Learning rates at which it is known to learn; left out: ten times more and less than the default. */
    readonly sensibleRate?: Sensible
  }
  /** When it does well, with sources; what the adviser weighs. Every registered method says it. */
  readonly suits?: Suits
  readonly format: AdapterFormat
  /** `targets`: sites chosen by `target_modules` and its companions; a function: by the method itself. */
  readonly selects: 'targets' | ((site: Site, config: C) => boolean)
  /** Module names taken when `target_modules` is not given. */
  defaultTargets?(modelType: string): readonly string[] | undefined
  /** Virtual tokens in front of every example. */
  virtualTokens?(config: C): number
  /** Training examples in front of every example that is scored. */
  demonstrations?(config: C): Demonstrations
  /** Prefix keys in front of every layer's keys. */
  prefixLength?(config: C): number
  /** Base parameters that are trained in place. */
  trainsParameter?(name: string, config: C): boolean
  /** Says why generation cannot use a key/value cache, where it cannot. */
  readonly uncached?: (config: C) => string | undefined
  /** Merging: possible, or the sentence that says why not. */
  readonly merges: true | { readonly impossible: string }
  readonly linear?: LinearSeam<C>
  readonly embedding?: EmbeddingSeam<C>
  readonly norm?: NormSeam<C>
  readonly sequence?: readonly SequenceSeam<C>[]
  readonly prefix?: PrefixSeam<C>
  readonly hidden?: HiddenSeam<C>
  readonly block?: BlockSeam<C>
  /** Checks that fields fit each other and the model. @throws StudioError */
  check?(config: C, modelType: string): void
  /** Settings that pass `check` and still make little sense, beyond what fields say by themselves (`sensible`). */
  unusual?(config: C, at: Placement): readonly Unusual[]
}

/** Declares a seam with the names of its tensors inferred. */
export const linearSeam = <C, P extends Specs>(seam: LinearSeam<C, P>): LinearSeam<C> => seam as LinearSeam<C>
export const embeddingSeam = <C, P extends Specs>(seam: EmbeddingSeam<C, P>): EmbeddingSeam<C> =>
  seam as EmbeddingSeam<C>
export const sequenceSeam = <C, P extends Specs>(seam: SequenceSeam<C, P>): SequenceSeam<C> =>
  seam as SequenceSeam<C>
export const blockSeam = <C, P extends Specs>(seam: BlockSeam<C, P>): BlockSeam<C> => seam as BlockSeam<C>

/** Declares a method; a forgotten part is a compile error. */
export const defineMethod = <F extends Fields>(method: Method<F>): Method<F> => method
