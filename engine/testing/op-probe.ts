/** One call of an operator as a graph, for tests that hold one device against another. */
import { gradient } from '../graph/gradient.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import type { Op, Sample } from '../graph/op.ts'
import { apply, constant, state, type Value } from '../graph/value.ts'
import { mul } from '../ops/arithmetic.ts'
import { sumAll } from '../ops/reduce.ts'
import { wave } from '../ops/samples.ts'
import type { Device } from '../runtimes/index.ts'

export interface OpProbe {
  /** All results (`y0`, …) and, where the operator has one, the gradients (`d0`, …) of a number that every element of the first influences. */
  readonly outputs: Readonly<Record<string, Value>>
  /** Values of the states that the graph reads. */
  readonly values: ReadonlyMap<string, HostTensor>
}

export function probeOp(op: Op, sample: Sample): OpProbe {
  const values = new Map<string, HostTensor>()
  const leaves = sample.inputs.map((tensor, i) => {
    if (tensor === undefined) return undefined
    if (tensor.dtype !== 'float32' || op.fixedInputs?.includes(i)) return constant(tensor)
    values.set(`x${i}`, tensor)
    return state(`x${i}`, tensor)
  })
  const results = apply(op, leaves, sample.attributes)
  const outputs: Record<string, Value> = Object.fromEntries(results.map((y, i) => [`y${i}`, y]))
  const [y] = results
  if (op.gradient === 'none' || y?.dtype !== 'float32') return { outputs, values }
  const wanted = leaves.filter((v): v is Value => v?.source.kind === 'state')
  for (const [i, g] of gradient(sumAll(mul(y, constant(wave(y.shape, 5)))), wanted).entries())
    if (g) outputs[`d${i}`] = g
  return { outputs, values }
}

/** Computes a probe, and lets go of everything it took. */
export async function runProbe(
  device: Device,
  { outputs, values }: OpProbe,
): Promise<Record<string, HostTensor>> {
  const program = await device.compile({ outputs, updates: [] })
  const memory = device.createState()
  for (const [name, tensor] of values) await memory.write(name, tensor)
  const results = await program.run({}, memory)
  memory.dispose()
  await program.dispose()
  return results
}
