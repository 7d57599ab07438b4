/** Functions of one element: Exp, Log, Sqrt, Reciprocal, Erf, Tanh, Sigmoid, Sin, Cos, Abs, Sign. */

import type { HostTensor } from '../graph/host-tensor.ts'
import { defineOp } from '../graph/op.ts'
import { apply, scalar, type Value } from '../graph/value.ts'
import { div, mul, neg, oneMinus, scale } from './arithmetic.ts'
import { between, wave } from './samples.ts'
import { operand } from './shapes.ts'

interface Rule {
  /** Derivative at x, given y = f(x); multiplied with the incoming gradient here. */
  derivative: ((x: Value, y: Value, g: Value) => Value) | 'none'
  sample: HostTensor
}

function unary(name: string, { derivative, sample }: Rule) {
  return defineOp({
    name,
    infer: (inputs) => [operand(inputs, 0)],
    gradient:
      derivative === 'none'
        ? 'none'
        : ({ inputs: [x], outputs: [y], gradients: [g] }) => [derivative(x!, y!, g!)],
    lowering: { onnx: 'native' },
    samples: () => [{ inputs: [sample], attributes: {} }],
  })
}

const anywhere = wave([3, 4], 1, 1.4)
const positive = between(0.4, 2.2, [3, 4])

// eˣ' = eˣ
export const Exp = unary('Exp', { derivative: (_, y, g) => mul(g, y), sample: anywhere })
// (ln x)' = 1/x
export const Log = unary('Log', { derivative: (x, _, g) => div(g, x), sample: positive })
// (√x)' = 1/(2√x)
export const Sqrt = unary('Sqrt', { derivative: (_, y, g) => scale(div(g, y), 0.5), sample: positive })
// (1/x)' = −(1/x)²
export const Reciprocal = unary('Reciprocal', {
  derivative: (_, y, g) => neg(mul(g, mul(y, y))),
  sample: positive,
})
// erf' = 2/√π · e^(−x²)
export const Erf = unary('Erf', {
  derivative: (x, _, g) => mul(g, scale(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
  sample: anywhere,
})
// tanh' = 1 − tanh²
export const Tanh = unary('Tanh', { derivative: (_, y, g) => mul(g, oneMinus(mul(y, y))), sample: anywhere })
// σ' = σ·(1 − σ)
export const Sigmoid = unary('Sigmoid', {
  derivative: (_, y, g) => mul(g, mul(y, oneMinus(y))),
  sample: anywhere,
})
export const Sin = unary('Sin', { derivative: (x, _, g) => mul(g, cos(x)), sample: anywhere })
export const Cos = unary('Cos', { derivative: (x, _, g) => neg(mul(g, sin(x))), sample: anywhere })
// |x|' = sign x
export const Abs = unary('Abs', { derivative: (x, _, g) => mul(g, sign(x)), sample: positive })
export const Sign = unary('Sign', { derivative: 'none', sample: anywhere })

export const exp = (x: Value): Value => apply(Exp, [x], {})[0]!
export const log = (x: Value): Value => apply(Log, [x], {})[0]!
export const sqrt = (x: Value): Value => apply(Sqrt, [x], {})[0]!
export const reciprocal = (x: Value): Value => apply(Reciprocal, [x], {})[0]!
export const erf = (x: Value): Value => apply(Erf, [x], {})[0]!
export const tanh = (x: Value): Value => apply(Tanh, [x], {})[0]!
export const sigmoid = (x: Value): Value => apply(Sigmoid, [x], {})[0]!
export const sin = (x: Value): Value => apply(Sin, [x], {})[0]!
export const cos = (x: Value): Value => apply(Cos, [x], {})[0]!
export const abs = (x: Value): Value => apply(Abs, [x], {})[0]!
export const sign = (x: Value): Value => apply(Sign, [x], {})[0]!
/** x² */
export const square = (x: Value): Value => mul(x, x)
/** 1/√(x + ε) */
export const inverseSqrt = (x: Value): Value => reciprocal(sqrt(x))
/** x^k for a constant base: e^(x·ln base) */
export const powerOf = (base: number, x: Value): Value => exp(mul(x, scalar(Math.log(base))))
