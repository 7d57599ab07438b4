import fc from 'fast-check'
import { expect, test } from 'vitest'
import { between, contains, countIn, type Range, type Ranges, withoutRange, withRange } from './ranges.ts'

const range = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]): Range => between(a, b))
const change = fc.record({ add: fc.boolean(), range })

test('ranges hold exactly what a set of rows holds, sorted and apart', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      let ranges: Ranges = []
      const rows = new Set<number>()
      for (const { add, range } of changes) {
        ranges = add ? withRange(ranges, range) : withoutRange(ranges, range)
        for (let row = range[0]; row < range[1]; row += 1) {
          if (add) rows.add(row)
          else rows.delete(row)
        }
      }
      expect(countIn(ranges)).toBe(rows.size)
      for (let row = 0; row < 45; row += 1) expect(contains(ranges, row)).toBe(rows.has(row))
      for (const [index, [from, to]] of ranges.entries()) {
        expect(from).toBeLessThan(to)
        if (index > 0) expect(from).toBeGreaterThan(ranges[index - 1]![1])
      }
    }),
  )
})
