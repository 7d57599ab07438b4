/** Where the nodes of a graph run: measured, by running it once on zeros and reading the library's trace. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Graph, reach, resultsOf } from '../../graph/graph.ts'
import { type HostTensor, sizeOf } from '../../graph/host-tensor.ts'
import type { TensorType } from '../../graph/value.ts'
import type { Device } from '../runtime.ts'

export interface Placed {
  /** ONNX name of the operator, after the library's own rewriting. */
  readonly op: string
  /** Part of the model; that of one of its nodes where the library made one of several. */
  readonly scope: string
  /** What ran it, as the library calls it: `CPUExecutionProvider`, `WebGpuExecutionProvider` … */
  readonly provider: string
}

const traceSchema = z.array(
  z.looseObject({
    cat: z.string(),
    name: z.string(),
    args: z.looseObject({ op_name: z.string(), provider: z.string() }).partial().optional(),
  }),
)

const KERNEL = /_kernel_time$/
/** `scope/Operator_17`, as encode.ts names nodes, with what the library puts behind. */
const SCOPE = /^(.*)\/[^/]*$/

/**
 * One entry for each node that ran, copies between memories among them (`MemcpyToHost`, `MemcpyFromHost`).
 * @param device of ONNX Runtime
 */
export async function placement(graph: Graph, device: Device): Promise<Placed[]> {
  const folder = await mkdtemp(join(tmpdir(), 'placement-'))
  try {
    const program = await device.compile(graph, { profileTo: join(folder, 'trace') })
    const state = device.createState()
    const feeds: Record<string, HostTensor> = {}
    for (const leaf of new Set([...reach(resultsOf(graph)).leaves, ...graph.updates.map((u) => u.state)])) {
      if (leaf.source.kind === 'input') feeds[leaf.source.name] = zeros(leaf)
      if (leaf.source.kind === 'state') await state.write(leaf.source.name, zeros(leaf))
    }
    await program.run(feeds, state)
    await program.dispose()
    state.dispose()
    const [file] = await readdir(folder)
    return parseTrace(await readFile(join(folder, file!), 'utf8'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @param text a trace as the library writes it */
function parseTrace(text: string): Placed[] {
  return traceSchema
    .parse(JSON.parse(text))
    .flatMap(({ cat, name, args }) =>
      cat === 'Node' && KERNEL.test(name) && args?.op_name !== undefined && args.provider !== undefined
        ? [{ op: args.op_name, scope: SCOPE.exec(name)?.[1] ?? '', provider: args.provider }]
        : [],
    )
}

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const

function zeros({ dtype, shape }: TensorType): HostTensor {
  const known = Object.entries(arrays).find(([name]) => name === dtype)
  if (known === undefined) throw new Error(`inputs and states are never ${dtype}`)
  return { dtype, shape, data: new known[1](sizeOf(shape)) }
}
