/** Random graphs: the gradient against finite differences, and recomputation against the graph without it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gelu, swish } from '../ops/activation.ts'
import { add, mul, neg, scale, sub } from '../ops/arithmetic.ts'
import { transpose } from '../ops/layout.ts'
import { sigmoid, sin, tanh } from '../ops/math.ts'
import { gemm, matmul } from '../ops/matmul.ts'
import { softmax } from '../ops/normalization.ts'
import { reduceMean, sumAll } from '../ops/reduce.ts'
import { wave } from '../ops/samples.ts'
import { cpu } from '../testing/cpu.ts'
import { gradient } from './gradient.ts'
import { type Graph, reach, resultsOf } from './graph.ts'
import { float32, type HostTensor } from './host-tensor.ts'
import { recompute } from './recompute.ts'
import { constant, inScope, state, type Value } from './value.ts'

const SHAPE = [3, 3]
const NAMES = ['a', 'b'] as const

/** Every step keeps values of moderate size, so that float32 differences mean something. */
const steps: Record<string, (x: Value, y: Value) => Value> = {
  add: (x, y) => scale(add(x, y), 0.6),
  sub: (x, y) => scale(sub(x, y), 0.6),
  mul,
  matmul: (x, y) => scale(matmul(x, y), 0.4),
  gemm: (x, y) => gemm(x, y, { transA: 1, transB: 1, alpha: 0.4, c: x }),
  meanOfRow: (x, y) => mul(x, reduceMean(y, [-1])),
  transpose: (x) => transpose(x, [1, 0]),
  neg,
  tanh,
  sigmoid,
  sin,
  softmax: (x) => softmax(x),
  gelu: (x) => gelu(x, 'tanh'),
  swish,
}

type Recipe = readonly (readonly [keyof typeof steps, number, number])[]

const recipe: fc.Arbitrary<Recipe> = fc.noBias(
  fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(), fc.nat()), {
    minLength: 1,
    maxLength: 12,
    size: 'max',
  }),
)

/** Three steps to a block; operands are any two of the values so far. The loss is Σ wave·(last + first of the block before). */
function build(recipe: Recipe): { loss: Value; wanted: Value[] } {
  const wanted = NAMES.map((name) => state(name, { dtype: 'float32', shape: SHAPE }))
  const values: Value[] = [...wanted, constant(wave(SHAPE, 4))]
  recipe.forEach(([name, i, j], at) => {
    const [x, y] = [values[i % values.length]!, values[j % values.length]!]
    values.push(inScope(`block.${Math.floor(at / 3)}`, () => steps[name]!(x, y)))
  })
  const last = add(add(values.at(-1)!, values[values.length >> 1]!), add(wanted[0]!, wanted[1]!))
  const loss = inScope('loss', () => sumAll(mul(last, constant(wave(SHAPE, 5)))))
  return { loss, wanted }
}

const start = new Map<string, HostTensor>(NAMES.map((name, i) => [name, wave(SHAPE, i + 1, 0.9)]))

async function compiled(graph: Graph) {
  const program = await cpu.compile(graph, { threads: 1 })
  return {
    dispose: () => program.dispose(),
    async run(at: ReadonlyMap<string, HostTensor>) {
      const memory = cpu.createState()
      for (const [name, tensor] of at) await memory.write(name, tensor)
      return program.run({}, memory)
    },
  }
}

const stepGraph = ({ loss, wanted }: ReturnType<typeof build>): Graph => {
  const gradients = gradient(loss, wanted)
  return { outputs: { loss, ...Object.fromEntries(NAMES.map((n, i) => [n, gradients[i]!])) }, updates: [] }
}

test('the gradient is what finite differences say', async () => {
  await fc.assert(
    fc.asyncProperty(recipe, async (given) => {
      const built = build(given)
      const backward = await compiled(stepGraph(built))
      const forward = await compiled({ outputs: { loss: built.loss }, updates: [] })
      const analytic = await backward.run(start)
      for (const name of NAMES) {
        // One random direction per state instead of every element.
        const direction = wave(SHAPE, 7)
        const along = async (h: number) => {
          const moved = start.get(name)!.data as Float32Array
          const data = moved.map((x, i) => x + h * (direction.data[i] as number))
          return (await forward.run(new Map(start).set(name, float32(SHAPE, data)))).loss!.data[0] as number
        }
        const h = 2e-2
        const numeric =
          (8 * ((await along(h)) - (await along(-h))) - ((await along(2 * h)) - (await along(-2 * h)))) /
          (12 * h)
        const exact = (analytic[name]!.data as Float32Array).reduce(
          (sum, g, i) => sum + g * (direction.data[i] as number),
          0,
        )
        expect(Math.abs(exact - numeric)).toBeLessThan(2e-3 * (1 + Math.abs(numeric)))
      }
      await Promise.all([backward.dispose(), forward.dispose()])
    }),
    { numRuns: 60, seed: 11 },
  )
})

test('recomputation changes no result', async () => {
  let copies = 0
  await fc.assert(
    fc.asyncProperty(recipe, async (given) => {
      const plain = stepGraph(build(given))
      const again = recompute(plain)
      if (reach(resultsOf(again)).nodes.some((n) => n.scope.endsWith('/recompute'))) copies++
      const [p, q] = [await compiled(plain), await compiled(again)]
      const [expected, got] = [await p.run(start), await q.run(start)]
      for (const name of Object.keys(expected))
        expected[name]!.data.forEach((x, i) => {
          expect(Math.abs(Number(x) - Number(got[name]!.data[i]))).toBeLessThan(1e-6)
        })
      await Promise.all([p.dispose(), q.dispose()])
    }),
    { numRuns: 60, seed: 12 },
  )
  expect(copies).toBeGreaterThan(20)
})
