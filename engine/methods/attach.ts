/** Puts a method on a model: chooses its sites, makes its tensors, and rewrites what the model computes there. */
import { StudioError } from '../errors.ts'
import type { Value } from '../graph/value.ts'
import { input, state } from '../graph/value.ts'
import { bareModel, embeddingForward, linearForward, linearWeight } from '../models/base.ts'
import type { LoadedModel } from '../models/load.ts'
import type { Attachments, EmbeddingSite, LinearSite, Site } from '../models/sites.ts'
import { div, mul, sub } from '../ops/arithmetic.ts'
import { cast } from '../ops/cast.ts'
import { equal } from '../ops/compare.ts'
import { gather } from '../ops/gather.ts'
import { reshape } from '../ops/layout.ts'
import { matmul } from '../ops/matmul.ts'
import { reduceSum } from '../ops/reduce.ts'
import type { AnyMethod } from './index.ts'
import { copyOf, type Initializer } from './initializers.ts'
import type { Rewrite, Specs, Surroundings, Tensors } from './method.ts'
import { adapterKey, baseKey } from './names.ts'
import { isSavedInFull, isTarget } from './targets.ts'
import { int32Constant, replaceColumns, replaceRows, trainedTokens, withoutGradientAt } from './token-rows.ts'

/** A tensor that is trained: a state of the graph named by its key in the adapter file. */
export interface TrainedTensor {
  readonly key: string
  readonly aliases: readonly string[]
  readonly shape: readonly number[]
  readonly init: Initializer
  readonly value: Value
  /** The base parameter this is a trained copy of. */
  readonly base?: string
  /** Where it is attached; a trained copy stands where its base parameter does. */
  readonly site?: Site
  /** Another parameter of the base that is the same tensor: a tied head. */
  readonly sharedWith?: string
}

/** Random factors fed at every training step: 0 with probability `rate`, else 1 / (1 − rate). */
export interface DropoutInput {
  readonly name: string
  readonly shape: readonly number[]
  readonly rate: number
}

export interface AttachOptions {
  /** Whether dropout is active. */
  readonly training: boolean
  /** int32 [tokens]; which virtual token stands at each place. */
  readonly virtual: Value
  /** int32 [rows, length] */
  readonly segments: Value
  /** Adapter name in AdapterHub's keys. */
  readonly adapterName?: string
}

export interface AttachedModel extends Attachments {
  /** Filled while the model's graph is built. */
  readonly trained: Map<string, TrainedTensor>
  readonly dropouts: DropoutInput[]
  /** Whether the method attaches at this site. */
  chosen(site: Site): boolean
  /** The method's tensors at a site, as its rewrites and merges want them. */
  tensorsAt<S extends Site>(site: S, specs: Specs): Rewrite<AnyConfig, S, Specs>
  /** Trained rows of the token embedding with their token ids, where there are any. */
  trainedTokens(site: EmbeddingSite): { ids: readonly number[]; rows: Value } | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: the options' types are known to the method alone
type AnyConfig = any

/** The part of a method that speaks for each kind of site. */
const seamOf = {
  linear: 'linear',
  embedding: 'embedding',
  norm: 'norm',
  sequence: 'sequence',
  'key-value': 'prefix',
  hidden: 'hidden',
  block: 'block',
} as const satisfies Record<Site['kind'], keyof AnyMethod>

/** Whether a method has a rule for sites of a kind. */
export function canAttachTo(method: AnyMethod, kind: Site['kind']): boolean {
  return method[seamOf[kind]] !== undefined
}

/** Whether a method can train anything at all, or only puts something into the input. */
export function trainsAnything(method: AnyMethod): boolean {
  const seams = Object.values(seamOf).some((part) => method[part] !== undefined)
  return seams || method.trainsParameter !== undefined
}

/** Whether a method attaches at a site. */
export function attachesAt(method: AnyMethod, config: AnyConfig, site: Site, modelType: string): boolean {
  if (!canAttachTo(method, site.kind)) return false
  if (method.selects === 'targets') return isTarget(site, config, method.defaultTargets?.(modelType))
  return method.selects(site, config)
}

/** @throws StudioError('unsupported') where the options choose a module of a kind that the method has no rule for */
export function checkAttachments(loaded: LoadedModel, method: AnyMethod, config: AnyConfig): void {
  if (method.selects !== 'targets') return
  const { modelType } = loaded.model.facts
  const stray = loaded.sites.find(
    (site) =>
      ['linear', 'embedding', 'norm'].includes(site.kind) &&
      isTarget(site, config, method.defaultTargets?.(modelType)) &&
      !attachesAt(method, config, site, modelType),
  )
  if (stray === undefined) return
  throw new StudioError(
    'unsupported',
    `${method.title} cannot be attached to ${stray.module}, which is of the kind "${stray.kind}".`,
    'Leave it out of target_modules, or name it in modules_to_save to train it in full.',
  )
}

export function attach(
  loaded: LoadedModel,
  method: AnyMethod,
  config: AnyConfig,
  options: AttachOptions,
): AttachedModel {
  const { facts } = loaded.model
  const adapterName = options.adapterName ?? 'default'
  const trained = new Map<string, TrainedTensor>()
  const dropouts: DropoutInput[] = []
  const frozen = new Map<string, Value>()
  const embeddingName = `${facts.embeddingModule}.weight`
  const headName = `${facts.headModule}.weight`
  const chosen = new Set(
    loaded.sites
      .filter((site) => attachesAt(method, config, site, facts.modelType))
      .map((site) => `${site.kind} ${site.module}`),
  )
  const isChosen = (site: Site): boolean => chosen.has(`${site.kind} ${site.module}`)
  const linearTargets = new Set(
    loaded.sites.filter((s) => s.kind === 'linear' && isChosen(s)).map((s) => s.module),
  )

  const train = (
    key: string,
    shape: readonly number[],
    init: Initializer,
    extra: Partial<TrainedTensor> = {},
  ): Value => {
    const known = trained.get(key)
    if (known) return known.value
    const value = state(key, { dtype: 'float32', shape })
    trained.set(key, { aliases: [], ...extra, key, shape, init, value })
    return value
  }

  /** Whether a base parameter is trained in place. */
  const isTrained = (name: string): boolean => {
    if (method.trainsParameter?.(name, config)) return true
    const module = name.slice(0, name.lastIndexOf('.'))
    if (isSavedInFull(module, config.modules_to_save)) return true
    if (!name.endsWith('.bias') || config.bias === undefined) return false
    return config.bias === 'all' || (config.bias !== 'none' && linearTargets.has(module))
  }

  const parameter = (name: string, shape: readonly number[]): Value => {
    if (name === headName && facts.tiedHead) {
      const shared =
        method.trainsParameter?.(name, config) || (config.ensure_weight_tying && isTrained(embeddingName))
      if (shared) return tiedParameter(name, shape)
      if (!isTrained(name)) return frozenParameter(embeddingName, shape)
    }
    if (!isTrained(name)) return frozenParameter(name, shape)
    const source = name === headName && facts.tiedHead ? embeddingName : name
    const key = baseKey(method, name, linearTargets)
    return train(key, shape, copyOf(source), { base: name })
  }

  /** Head and embedding trained as one tensor; an adapter file names it twice. */
  const tiedParameter = (name: string, shape: readonly number[]): Value => {
    const key = baseKey(method, embeddingName, linearTargets)
    const aliases = method.format.kind === 'model' ? [] : [baseKey(method, name, linearTargets)]
    const value = train(key, shape, copyOf(embeddingName), { base: embeddingName, aliases })
    trained.set(key, { ...trained.get(key)!, aliases, sharedWith: name })
    return value
  }

  const frozenParameter = (name: string, shape: readonly number[]): Value => {
    const known = frozen.get(name)
    if (known) return known
    const value = loaded.frozen(name, shape)
    // What is made float32 first is made anew for every use.
    if (value.source.kind === 'weight') frozen.set(name, value)
    return value
  }

  const env: Surroundings = {
    training: options.training,
    virtual: options.virtual,
    parameter,
    dropout(x, rate) {
      if (!options.training || rate === 0) return x
      const name = `dropout:${dropouts.length}`
      dropouts.push({ name, shape: x.shape, rate })
      return mul(x, input(name, { dtype: 'float32', shape: x.shape }))
    },
    segmentMean: (x) => segmentMean(x, options.segments),
  }

  const tensorsAt = <S extends Site>(site: S, specs: Specs): Rewrite<AnyConfig, S, Specs> => {
    const entries = Object.entries(specs).map(([name, spec]) => {
      if (spec === undefined) return [name, undefined]
      const aliases = (spec.aliases ?? []).map((alias) => adapterKey(method, site.module, alias, adapterName))
      return [
        name,
        train(adapterKey(method, site.module, spec.key, adapterName), spec.shape, spec.init, {
          aliases,
          site,
        }),
      ]
    })
    return { site, config, env, p: Object.fromEntries(entries) as Tensors<Specs> }
  }

  const bare = bareModel({ parameter })
  const tokenTable = (site: EmbeddingSite | LinearSite) =>
    trainedTokens(config.trainable_token_indices, site.module, facts.embeddingModule)

  /** Rows of the embedding that are trained in full: [n, width], named as PEFT names them. */
  const tokenRows = (module: string, ids: readonly number[], width: number): Value =>
    train(
      `base_model.model.${module}.token_adapter.trainable_tokens_delta`,
      [ids.length, width],
      async (_, context) => {
        const table = await context.weight(`${module}.weight`)
        const rows = new Float32Array(ids.length * width)
        ids.forEach((id, i) => {
          rows.set((table.data as Float32Array).subarray(id * width, (id + 1) * width), i * width)
        })
        return rows
      },
    )

  return {
    trained,
    dropouts,
    parameter,
    chosen: isChosen,
    tensorsAt,
    trainedTokens(site) {
      const ids = tokenTable(site)
      return ids && { ids, rows: tokenRows(site.module, ids, site.width) }
    },
    linear(site, x) {
      const seam = isChosen(site) ? method.linear : undefined
      const base = (at: Value, bias?: Value | null) => linearForward({ parameter }, site, at, bias)
      const y = seam ? seam.forward(tensorsAt(site, seam.parameters(site, config)), x, base) : base(x)
      const ids =
        site.isHead && facts.tiedHead ? tokenTable({ ...site, module: facts.embeddingModule }) : undefined
      if (ids === undefined) return y
      const rows = tokenRows(facts.embeddingModule, ids, facts.width)
      return replaceColumns(
        y,
        x,
        ids,
        sub(rows, gather(linearWeight({ parameter }, site), int32Constant(ids))),
      )
    },
    embedding(site, at) {
      const padding = site.of === 'token' ? facts.paddingToken : undefined
      const keepPadding = (value: Value): Value =>
        padding === undefined ? value : withoutGradientAt(at, padding, value)
      const name = `${site.module}.weight`
      const base = embeddingForward({ parameter }, site, at)
      const y = isTrained(name) ? keepPadding(base) : base
      const ids = tokenTable(site)
      if (ids !== undefined)
        return replaceRows(y, at, ids, tokenRows(site.module, ids, site.width), site.count)
      const seam = isChosen(site) ? method.embedding : undefined
      return seam ? keepPadding(seam.forward(tensorsAt(site, seam.parameters(site, config)), at, y)) : y
    },
    norm(site, x) {
      const seam = isChosen(site) ? method.norm : undefined
      if (!seam) return bare.norm(site, x)
      return seam.forward(tensorsAt(site, seam.parameters(site, config)), x, (at) => bare.norm(site, at))
    },
    sequence(site, x) {
      const seams = (method.sequence ?? []).filter(
        (s) => s.stage === site.stage && attachesAt(method, config, site, facts.modelType),
      )
      return seams.reduce((y, seam) => seam.forward(tensorsAt(site, seam.parameters(site, config)), y), x)
    },
    prefix(site) {
      const seam = isChosen(site) ? method.prefix : undefined
      return seam?.forward(tensorsAt(site, seam.parameters(site, config)))
    },
    hidden(site, x) {
      const seam = isChosen(site) ? method.hidden : undefined
      return seam ? seam.forward(tensorsAt(site, seam.parameters(site, config)), x) : x
    },
    block(site, x, y) {
      const seam = attachesAt(method, config, site, facts.modelType) ? method.block : undefined
      return seam
        ? seam.forward(tensorsAt(site, seam.parameters(site, config)), x, y)
        : bare.block(site, x, y)
    },
  }
}

/** Mean of x [tokens, n] over the tokens of the same segment. */
function segmentMean(x: Value, segments: Value): Value {
  const [rows, length] = segments.shape as [number, number]
  const n = x.shape[1]!
  const same = cast(
    equal(reshape(segments, [rows, length, 1]), reshape(segments, [rows, 1, length])),
    'float32',
  )
  const share = div(same, reduceSum(same, [-1]))
  return reshape(matmul(share, reshape(x, [rows, length, n])), [rows * length, n])
}
