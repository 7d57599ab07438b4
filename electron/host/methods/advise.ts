/**
 * Which method fits: weighs what methods declare about themselves (engine/methods/suits.ts), what they can do, and what they
 * would need on this model, against data, memory and wishes. Every weight has a sentence; nothing here knows a method.
 */
import { type Ability, abilitiesOf } from '../../../engine/methods/describe.ts'
import type { AnyMethod } from '../../../engine/methods/index.ts'
import { type Claim, type Distance, distances } from '../../../engine/methods/suits.ts'
import type { RunEstimate } from '../../../engine/train/estimate.ts'
import { formatBytes, formatCount } from '../../cli/format.ts'
import type { Advice, Wish } from '../../contract/methods.ts'

export interface Situation {
  readonly baseParameters: number
  /** What may be used. */
  readonly memoryBytes: number
  /** Training examples, where they are known. */
  readonly rows: number | undefined
  readonly distance: Distance | undefined
  readonly wishes: readonly Wish[]
}

export interface Candidate {
  readonly method: AnyMethod
  /** With default options and the settings of the draft; or why there is none. */
  readonly estimate:
    | Pick<RunEstimate, 'totalBytes' | 'adapterBytes' | 'trainableParameters'>
    | { readonly refused: string }
}

interface Point {
  /** Positive speaks for the method; −∞ excludes it. */
  readonly weight: number
  readonly text: string
  readonly source?: Claim['source']
}

/** All candidates, best first; those that are excluded last. */
export function advise(situation: Situation, candidates: readonly Candidate[]): Advice[] {
  const possible = candidates.flatMap(({ estimate }) => ('refused' in estimate ? [] : [estimate]))
  const files = possible.map((e) => e.adapterBytes).filter((bytes) => bytes > 0)
  const least = {
    fileBytes: Math.min(...files),
    memoryBytes: Math.min(...possible.map((e) => e.totalBytes)),
  }
  const judged = candidates
    .map((candidate) => {
      const points = weigh(situation, candidate, least)
      return { method: candidate.method, points, score: points.reduce((sum, p) => sum + p.weight, 0) }
    })
    .sort((a, b) => b.score - a.score || 0)
  const best = judged[0]?.score ?? 0
  return judged.map(({ method, points, score }, place) => ({
    method: method.name,
    title: method.title,
    verdict:
      score === Number.NEGATIVE_INFINITY
        ? 'excluded'
        : place === 0
          ? 'best'
          : score > best - GOOD
            ? 'good'
            : 'possible',
    reasons: points
      .filter((p) => p.text !== '')
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
      .map(({ weight, text, source }) => ({
        weight: weight === Number.NEGATIVE_INFINITY ? 'excludes' : weight > 0 ? 'for' : 'against',
        text,
        source: source ?? null,
      })),
  }))
}

/** Methods within this of the best one are as good a choice. */
const GOOD = 1.5

function weigh(
  situation: Situation,
  { method, estimate }: Candidate,
  least: { readonly fileBytes: number; readonly memoryBytes: number },
): Point[] {
  if ('refused' in estimate) return [{ weight: Number.NEGATIVE_INFINITY, text: estimate.refused }]
  return [
    ...onQuality(method),
    ...onExamples(method, situation.rows),
    ...onDistance(method, situation.distance),
    ...onBaseModel(method, situation.baseParameters),
    ...onMemory(estimate.totalBytes, situation, least.memoryBytes),
    ...onFile(estimate.adapterBytes, situation, least.fileBytes),
    ...onWishes(abilitiesOf(method), situation.wishes),
  ]
}

function onQuality({ suits }: AnyMethod): Point[] {
  if (suits === undefined) return []
  const { level, text, source } = suits.quality
  return [{ weight: { equal: 2, close: 1.5, behind: -0.5 }[level], text, source }]
}

function onExamples({ suits }: AnyMethod, rows: number | undefined): Point[] {
  if (suits === undefined || rows === undefined) return []
  const { from, to, text, source } = suits.examples
  if (rows < from) {
    const weight = -Math.min(3, 0.5 + Math.log10(from / Math.max(1, rows)) * 2)
    return [{ weight, text: `${written(rows)} training examples are few for it. ${text}`, source }]
  }
  if (to !== null && rows > to)
    return [
      {
        weight: -Math.min(2, 0.5 + Math.log10(rows / to)),
        text: `It has been shown with up to ${written(to)} training examples; with ${written(rows)}, methods that train more numbers gain more. ${text}`,
        source,
      },
    ]
  return [{ weight: 1, text, source }]
}

/** Numbers of examples: exact as long as they are short. */
const written = (count: number): string => (count < 10_000 ? String(count) : formatCount(count))

function onDistance({ suits }: AnyMethod, distance: Distance | undefined): Point[] {
  if (suits === undefined || distance === undefined) return []
  const { upTo, text, source } = suits.distance
  const short = distances.indexOf(distance) - distances.indexOf(upTo)
  if (short > 0)
    return [{ weight: -2 * short, text: `The task asks for more than it is known for. ${text}`, source }]
  return short === 0 ? [{ weight: 1, text, source }] : []
}

function onBaseModel({ suits }: AnyMethod, parameters: number): Point[] {
  const needs = suits?.baseModel
  if (needs === undefined) return []
  const { parametersFrom, text, source } = needs
  if (parameters >= parametersFrom) return [{ weight: 1, text, source }]
  const weight = -Math.min(3, Math.log10(parametersFrom / parameters))
  return [{ weight, text: `This model has ${formatCount(parameters)} parameters. ${text}`, source }]
}

function onMemory(bytes: number, { memoryBytes, wishes }: Situation, leastBytes: number): Point[] {
  if (bytes > memoryBytes)
    return [
      {
        weight: Number.NEGATIVE_INFINITY,
        text: `It needs ${formatBytes(bytes)} with these batches; ${formatBytes(memoryBytes)} may be used.`,
      },
    ]
  const points: Point[] = []
  if (bytes > 0.8 * memoryBytes)
    points.push({
      weight: -1,
      text: `With ${formatBytes(bytes)} it comes near to the ${formatBytes(memoryBytes)} that may be used.`,
    })
  if (wishes.includes('little-memory'))
    points.push(
      bytes <= 1.05 * leastBytes
        ? { weight: 1, text: `It needs ${formatBytes(bytes)}, which is about the least.` }
        : {
            weight: -Math.min(3, 2 * Math.log2(bytes / leastBytes)),
            text: `It needs ${formatBytes(bytes)}; the least is ${formatBytes(leastBytes)}.`,
          },
    )
  return points
}

function onFile(bytes: number, { wishes }: Situation, leastBytes: number): Point[] {
  const wished = wishes.includes('small-file')
  if (bytes === 0) return wished ? [{ weight: 1.5, text: 'It leaves no file of weights at all.' }] : []
  const ratio = bytes / leastBytes
  const file = `Its file has ${formatBytes(bytes)}`
  if (wished && ratio <= 2) return [{ weight: 1.5, text: `${file}, which is about the least.` }]
  const weight = -Math.log10(ratio) * (wished ? 1.5 : 0.3)
  return [
    { weight, text: wished || ratio > 100 ? `${file}; the smallest is ${formatBytes(leastBytes)}.` : '' },
  ]
}

/** Wishes that an ability answers, and what it means to lack it. */
const asked = {
  merge: { ability: 'merge', lacking: Number.NEGATIVE_INFINITY },
  stack: { ability: 'stack', lacking: Number.NEGATIVE_INFINITY },
  'free-use': { ability: 'free-use', lacking: -2 },
} as const satisfies Partial<Record<Wish, { ability: Ability['key']; lacking: number }>>

function onWishes(abilities: readonly Ability[], wishes: readonly Wish[]): Point[] {
  return Object.entries(asked).flatMap(([wish, { ability, lacking }]) => {
    const found = abilities.find((a) => a.key === ability)
    if (found === undefined || !wishes.some((w) => w === wish)) return []
    return [{ weight: found.has ? 0.5 : lacking, text: found.because }]
  })
}
