/** The drawing's geometry: every part has its place, nothing lies on anything else, and layers without training are folded. */
import { describe, expect, test } from 'vitest'
import type { Drawing, SiteView } from '../../../../electron/contract/methods.ts'
import { type Box, describeSite, layerRanges, sketch } from './layout.ts'

const site = (kind: SiteView['kind'], name: string, lit = false): SiteView => ({
  kind,
  name,
  module: `m.0.${name}`,
  what: 'part',
  shape: [64, 64],
  baseParameters: 4096,
  sharedWith: null,
  trained: lit ? [{ key: `m.0.${name}.A`, shape: [2, 64], parameters: 128, ofBase: false }] : [],
})

const layer = (lit: readonly string[] = []): SiteView[] => [
  site('norm', 'ln_1'),
  site('linear', 'attn.q', lit.includes('q')),
  site('linear', 'attn.k'),
  site('linear', 'attn.v', lit.includes('v')),
  site('key-value', 'attn'),
  site('linear', 'attn.o'),
  site('block', 'attention', lit.includes('attention')),
  site('norm', 'ln_2'),
  site('linear', 'mlp.up'),
  site('hidden', 'mlp'),
  site('linear', 'mlp.down'),
  site('block', 'feed-forward'),
]

const drawing = (groups: { layers: number[]; lit: string[] }[], virtualTokens = 0): Drawing => ({
  model: {
    type: 't',
    parameters: 1,
    layers: 6,
    width: 64,
    vocabulary: 10,
    contextLength: 64,
    tiedHead: false,
  },
  virtualTokens,
  prefixLength: 0,
  before: [site('embedding', 'embed'), site('sequence', 'm', virtualTokens > 0)],
  groups: groups.map(({ layers, lit }) => ({ layers, module: 'm.0', sites: layer(lit) })),
  after: [site('norm', 'norm'), site('linear', 'head')],
  trainedParameters: 1,
  trainedTensors: 1,
})

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe.each([300, 430, 560, 900])('at %d pixels', (available) => {
  const all = [
    drawing([{ layers: [0, 1, 2, 3, 4, 5], lit: ['q', 'v'] }]),
    drawing(
      [
        { layers: [0], lit: ['q', 'attention'] },
        { layers: [1, 2, 3, 4, 5], lit: [] },
      ],
      20,
    ),
    drawing([{ layers: [0, 1, 2, 3, 4, 5], lit: [] }]),
  ]
  test('boxes lie inside and beside each other', () => {
    for (const one of all) {
      const { boxes, width, height } = sketch(one, available)
      for (const box of boxes) {
        expect(box.x).toBeGreaterThanOrEqual(0)
        expect(box.x + box.width).toBeLessThanOrEqual(width)
        expect(box.y + box.height).toBeLessThanOrEqual(height)
      }
      for (const [i, a] of boxes.entries())
        for (const b of boxes.slice(i + 1)) expect(overlap(a, b), `${a.label} ${b.label}`).toBe(false)
    }
  })
})

test('every lit part has a box; joints and inputs have one only where something is trained', () => {
  const { boxes, joints } = sketch(drawing([{ layers: [0, 1], lit: ['q', 'attention'] }], 7), 560)
  expect(boxes.filter((box) => box.lit === 'beside').map((box) => box.label)).toEqual([
    '7 virtual tokens',
    'q',
    'joint',
  ])
  expect(joints).toHaveLength(2)
  expect(sketch(drawing([{ layers: [0], lit: ['q'] }]), 560).boxes.map((box) => box.label)).not.toContain(
    'joint',
  )
})

test('layers in which nothing is trained are folded, unless that is all there is', () => {
  const folded = (one: Drawing) => sketch(one, 560).frames.map((frame) => frame.folded)
  expect(
    folded(
      drawing([
        { layers: [0, 1], lit: [] },
        { layers: [2], lit: ['q'] },
      ]),
    ),
  ).toEqual([true, false])
  expect(folded(drawing([{ layers: [0, 1], lit: [] }]))).toEqual([false])
})

test('words', () => {
  expect(layerRanges([0, 1, 2, 5, 7, 8])).toBe('0–2, 5, 7–8')
  expect(describeSite(site('linear', 'attn.q', true), [0, 1, 2])).toBe(
    'attn.q: part, 64 × 64. Trained beside it: A 2 × 64 (128). In 3 layers together 384.',
  )
  expect(describeSite(site('linear', 'attn.q'), [0])).toBe('attn.q: part, 64 × 64. Frozen.')
})
