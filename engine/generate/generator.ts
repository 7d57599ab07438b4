/** Continues a sequence token by token: cached keys and values, or whole forwards where a method cannot be cached. */

import type { Batch } from '../data/batch.ts'
import { StudioError } from '../errors.ts'
import { float32, type HostTensor, int32 } from '../graph/host-tensor.ts'
import { input, state, type Value } from '../graph/value.ts'
import { attach } from '../methods/attach.ts'
import type { AnyMethod } from '../methods/index.ts'
import { createRandom } from '../methods/random.ts'
import { cacheMask, type LayerCache } from '../models/attention.ts'
import type { LoadedModel } from '../models/load.ts'
import { gather } from '../ops/gather.ts'
import type { Device, DeviceState, Program } from '../runtimes/index.ts'
import { batchFeeds, modelGraph } from '../train/model-graph.ts'
import { type Sampling, sample } from './sampling.ts'

export interface GeneratorOptions {
  readonly device: Device
  readonly loaded: LoadedModel
  readonly method: AnyMethod
  readonly config: unknown
  /** Holds the values of what the method trained. */
  readonly state: DeviceState
  readonly adapterName?: string
}

export interface GenerateOptions extends Sampling {
  readonly maxTokens: number
  readonly seed: number
  /** Tokens that end the text; they are not returned. */
  readonly stopTokens: readonly number[]
  readonly signal?: AbortSignal
}

/** Tokens that one run of the prompt graph takes. */
const CHUNK = 32
/** Capacities are rounded up to this, so that few graphs are compiled. */
const BUCKET = 64

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to

/** Continues prompts one after another, with graphs compiled once. */
export interface TextGenerator {
  /**
   * Yields new token ids one by one.
   * @throws StudioError where the prompt is empty, names tokens that do not exist, or is too long
   */
  generate(prompt: readonly number[], settings: GenerateOptions): AsyncGenerator<number>
  dispose(): Promise<void>
}

/** Yields new token ids one by one; for several prompts `openGenerator` saves compiling the graphs each time. */
export async function* generate(
  options: GeneratorOptions,
  prompt: readonly number[],
  settings: GenerateOptions,
): AsyncGenerator<number> {
  const generator = openGenerator(options, prompt.length + settings.maxTokens)
  try {
    yield* generator.generate(prompt, settings)
  } finally {
    await generator.dispose()
  }
}

/** @param places most tokens of one prompt and its continuation together */
export function openGenerator(options: GeneratorOptions, places: number): TextGenerator {
  const virtualTokens = options.method.virtualTokens?.(options.config) ?? 0
  const reader = options.method.uncached?.(options.config)
    ? new WholeReader(options)
    : new CachedReader(options, virtualTokens + places)
  return {
    async *generate(prompt, settings) {
      checkPrompt(options, prompt, settings)
      if (prompt.length + settings.maxTokens > places)
        throw new StudioError(
          'internal',
          `The generator was opened for ${places} tokens, not for ${prompt.length + settings.maxTokens}.`,
          'This is a defect of PEFT Studio; please report it.',
        )
      const random = createRandom(settings.seed, 'sampling')
      let fresh: readonly Place[] = [
        ...Array.from({ length: virtualTokens }, (_, i) => ({ id: 0, virtual: i + 1 })),
        ...prompt.map((id) => ({ id, virtual: 0 })),
      ]
      await reader.begin()
      for (let i = 0; i < settings.maxTokens; i++) {
        if (settings.signal?.aborted) return
        const logits = await reader.read(fresh)
        const id = sample(logits.data as Float32Array, settings, random)
        if (settings.stopTokens.includes(id)) return
        yield id
        fresh = [{ id, virtual: 0 }]
      }
    },
    dispose: () => reader.dispose(),
  }
}

/** @throws StudioError where the prompt cannot be continued by so many tokens */
export function checkPrompt(
  { loaded, method, config }: Pick<GeneratorOptions, 'loaded' | 'method' | 'config'>,
  prompt: readonly number[],
  { maxTokens }: Pick<GenerateOptions, 'maxTokens'>,
): void {
  const { facts } = loaded.model
  const virtualTokens = method.virtualTokens?.(config) ?? 0
  const needed = prompt.length + virtualTokens + maxTokens
  if (prompt.length + virtualTokens === 0)
    throw new StudioError('bad-argument', 'The prompt has no tokens.', 'Give at least one word.')
  const unknown = prompt.find((id) => id < 0 || id >= facts.vocabularySize)
  if (unknown !== undefined)
    throw new StudioError(
      'bad-argument',
      `The token ${unknown} is not in the vocabulary (0 to ${facts.vocabularySize - 1}).`,
      'Check the prompt ids.',
    )
  if (needed > facts.contextLength)
    throw new StudioError(
      'bad-argument',
      `Prompt and new tokens need ${needed} places, but the model was made for ${facts.contextLength}.`,
      'Shorten the prompt or lower the number of new tokens.',
    )
}

interface Place {
  readonly id: number
  readonly virtual: number
}

/** Reads the next places of a sequence and gives the logits behind the last of them. */
interface Reader {
  /** Forgets what was read: another sequence begins. */
  begin(): Promise<void>
  read(places: readonly Place[]): Promise<HostTensor>
  dispose(): Promise<void>
}

/** Keeps keys and values of what was read on the device. */
class CachedReader implements Reader {
  readonly #options: GeneratorOptions
  readonly #capacity: number
  readonly #programs = new Map<number, Promise<Program>>()
  #length = 0

  constructor(options: GeneratorOptions, needed: number) {
    this.#options = options
    this.#capacity = roundUp(needed, BUCKET)
  }

  async read(places: readonly Place[]): Promise<HostTensor> {
    let logits: HostTensor | undefined
    for (let at = 0; at < places.length; ) {
      const size = places.length - at === 1 ? 1 : CHUNK
      const part = places.slice(at, at + size)
      logits = await this.#run(part, size)
      at += part.length
    }
    return logits!
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await (await program).dispose()
    for (const name of this.#names()) this.#options.state.remove(name)
  }

  async begin(): Promise<void> {
    this.#length = 0
    const { keyValueHeads, headSize } = this.#options.loaded.model.facts
    const shape = [this.#capacity + 1, keyValueHeads * headSize]
    for (const name of this.#names())
      await this.#options.state.write(name, float32(shape, new Float32Array(shape[0]! * shape[1]!)))
  }

  #names(): string[] {
    return Array.from({ length: this.#options.loaded.model.facts.layers }, (_, layer) =>
      cacheNames(layer),
    ).flat()
  }

  async #run(part: readonly Place[], size: number): Promise<HostTensor> {
    // Fillers write to a slot behind all others, which no real token ever sees.
    const slot = (i: number) => (i < part.length ? this.#length + i : this.#capacity)
    const ints = (of: (i: number) => number) =>
      int32(
        [size],
        Int32Array.from({ length: size }, (_, i) => of(i)),
      )
    const feeds = {
      input_ids: ints((i) => part[i]?.id ?? 0),
      virtual: ints((i) => part[i]?.virtual ?? 0),
      positions: ints((i) => (i < part.length ? this.#length + i : 0)),
      slots: ints(slot),
      slot_rows: {
        dtype: 'int64',
        shape: [size, 1],
        data: BigInt64Array.from({ length: size }, (_, i) => BigInt(slot(i))),
      },
      last: int32([1], Int32Array.of(part.length - 1)),
    } as const
    const { logits } = await (await this.#program(size)).run(feeds, this.#options.state)
    this.#length += part.length
    return logits!
  }

  #program(size: number): Promise<Program> {
    const known = this.#programs.get(size)
    if (known) return known
    const made = this.#compile(size)
    this.#programs.set(size, made)
    return made
  }

  async #compile(size: number): Promise<Program> {
    const { loaded, method, config, device, adapterName } = this.#options
    const { facts } = loaded.model
    const rows = this.#capacity + 1
    const ints = (name: string, shape: readonly number[]) => input(name, { dtype: 'int32', shape })
    const slots = ints('slots', [size])
    const updates: { state: Value; value: Value }[] = []
    const cache = (layer: number): LayerCache => {
      const [keys, values] = cacheNames(layer).map((name) =>
        state(name, { dtype: 'float32', shape: [rows, facts.keyValueHeads * facts.headSize] }),
      ) as [Value, Value]
      return {
        keys,
        values,
        slots: slotRows,
        store: (nextKeys, nextValues) => {
          updates.push({ state: keys, value: nextKeys }, { state: values, value: nextValues })
        },
      }
    }
    const slotRows = input('slot_rows', { dtype: 'int64', shape: [size, 1] })
    const attached = attach(loaded, method, config, {
      training: false,
      virtual: ints('virtual', [size]),
      segments: ints('segments', [1, size]),
      ...(adapterName === undefined ? {} : { adapterName }),
    })
    const hidden = loaded.model.hidden(attached, {
      rows: 1,
      length: size,
      ids: ints('input_ids', [size]),
      positions: ints('positions', [size]),
      mask: (window) => cacheMask(slots, rows, window),
      longest: this.#capacity,
      cache,
      prefixLength: method.prefixLength?.(config) ?? 0,
    })
    const logits = loaded.model.logits(attached, gather(hidden, ints('last', [1])))
    return device.compile({ outputs: { logits }, updates }, { profile: 'low-memory' })
  }
}

const cacheNames = (layer: number): readonly [string, string] => [
  `cache.keys.${layer}`,
  `cache.values.${layer}`,
]

/** Reads the whole sequence again each time. */
class WholeReader implements Reader {
  readonly #options: GeneratorOptions
  readonly #programs = new Map<number, Promise<Program>>()
  #places: Place[] = []

  constructor(options: GeneratorOptions) {
    this.#options = options
  }

  async begin(): Promise<void> {
    this.#places = []
  }

  async read(places: readonly Place[]): Promise<HostTensor> {
    this.#places.push(...places)
    const length = roundUp(this.#places.length, BUCKET)
    const real = this.#places.length
    const ints = (of: (i: number) => number) => Int32Array.from({ length }, (_, i) => (i < real ? of(i) : 0))
    const batch: Batch = {
      rows: 1,
      length,
      labelSlots: 1,
      inputIds: ints((i) => this.#places[i]!.id),
      virtual: ints((i) => this.#places[i]!.virtual),
      positions: ints((i) => i),
      segments: ints(() => 1),
      labelPositions: Int32Array.of(real - 1),
      labelIds: Int32Array.of(0),
      labelWeights: Float32Array.of(0),
      labelCount: 0,
      tokenCount: real,
      exampleCount: 1,
    }
    const { logits } = await (await this.#program(length)).run(batchFeeds(batch), this.#options.state)
    return logits!
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await (await program).dispose()
  }

  #program(length: number): Promise<Program> {
    const known = this.#programs.get(length)
    if (known) return known
    const { loaded, method, config, device, adapterName } = this.#options
    const { logits } = modelGraph(
      loaded,
      method,
      config,
      { rows: 1, length, labelSlots: 1 },
      false,
      adapterName,
    )
    const made = device.compile({ outputs: { logits }, updates: [] }, { profile: 'low-memory' })
    this.#programs.set(length, made)
    return made
  }
}
