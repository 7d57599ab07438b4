import { expect, test } from 'vitest'
import { captioned, circle, type FigureItem, rectangle } from './figure.ts'
import { frameOf } from './figure-axes.ts'
import { toSvg } from './figure-svg.ts'
import { styleOf } from './slots.ts'

const palette = (token: string) => (token === '--text' ? '#111111' : '#0072b2')

test('a figure is real paths and texts with colours written in', () => {
  const clip = { left: 0, top: 0, width: 10, height: 10 }
  const items: FigureItem[] = [
    { kind: 'path', trace: rectangle(clip), fill: '--run-1', clip },
    { kind: 'path', trace: circle(5, 5, 2), stroke: '--run-1', dash: [2, 1], clip },
    {
      kind: 'text',
      x: 1,
      y: 2,
      text: 'a < b & "c"',
      colour: '--text',
      size: 11,
      anchor: 'end',
      upwards: true,
    },
  ]
  const svg = toSvg({ width: 20, height: 20, items }, 'Loss <1>', palette)
  expect(svg).toContain('<title>Loss &#60;1&#62;</title>')
  expect(svg).toContain('d="M0 0L10 0L10 10L0 10Z"')
  expect(svg).toContain('stroke-dasharray="2 1"')
  expect(svg.match(/<clipPath/g)).toHaveLength(1)
  expect(svg).toContain('text-anchor="end"')
  expect(svg).toContain('rotate(-90 1 2)')
  expect(svg).toContain('a &#60; b &#38; &#34;c&#34;</text>')
  expect(svg).not.toContain('var(')
})

test('axes have their ticks where the scale puts them', () => {
  const axis = { kind: 'linear', from: 0, to: 100, label: 'Step', format: 'count' } as const
  const frame = frameOf(500, 200, axis, { ...axis, label: '', to: 4, format: 'loss' })
  const texts = frame.items.flatMap((item) => (item.kind === 'text' ? [item] : []))
  const middle = texts.find(({ text }) => text === '40')
  expect(middle?.x).toBeCloseTo(frame.box.left + frame.box.width * 0.4)
  expect(texts.map(({ text }) => text)).toContain('Step')
})

test('a captioned figure names every curve below its title', () => {
  const entries = ['LoRA', 'IA³', 'Adapter'].map((label, slot) => ({ label, style: styleOf(slot) }))
  const figure = captioned({ width: 500, height: 100, items: [] }, { title: 'Training loss', entries })
  const svg = toSvg(figure, 'Training loss', palette)
  for (const text of ['Training loss', 'LoRA', 'IA³', 'Adapter']) expect(svg).toContain(`>${text}</text>`)
  expect(figure.height).toBeGreaterThan(100 + 2 * 20)
})
