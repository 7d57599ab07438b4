/** From a graph to a program: encodes it and makes its session. */
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import type { Graph } from '../../graph/graph.ts'
import type { CompileOptions, Program } from '../runtime.ts'
import { encode } from './encode.ts'
import { deviceError } from './failure.ts'
import { OnnxProgram } from './program.ts'
import type { OnnxProvider } from './providers/provider.ts'
import { sessionOptions } from './session-options.ts'

/** What a program holds beside its session. */
export interface Held {
  /** Fed at every run beside the caller's tensors, by input name. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Lets go of them and of the session. */
  release(session: InferenceSession): Promise<void>
}

const NOTHING: Held = { tensors: new Map(), release: (session) => session.release() }

/** @throws StudioError `unsupported` naming an operator without a form here, `device` where the session cannot be made */
export async function compileSession(
  provider: OnnxProvider,
  graph: Graph,
  options: CompileOptions,
  held: Held = NOTHING,
): Promise<Program> {
  const model = encode(graph, { mapWeights: true })
  try {
    const session = await InferenceSession.create(model.bytes, sessionOptions(provider, model, options))
    const profiled = options.profileTo !== undefined
    return new OnnxProgram({ title: provider.title, model, session, held, profiled })
  } catch (error) {
    throw deviceError(provider.title, 'the step was compiled', error)
  }
}
