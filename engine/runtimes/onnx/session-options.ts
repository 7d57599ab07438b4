/** How a session is made: from the provider, the options of the compilation, and where results are wanted. */
import type { InferenceSession } from 'onnxruntime-node'
import { arranges } from '../../graph/arranged-weights.ts'
import type { CompileOptions } from '../runtime.ts'
import { defaultThreads } from '../threads.ts'
import type { EncodedModel } from './encode.ts'
import type { OnnxProvider } from './providers/provider.ts'

/**
 * `fast`: weights of the forward pass are rearranged for the matrix kernels (a second copy in anonymous memory); the gradient
 * reads them where they are mapped. `low-memory`: both passes read the mapped files.
 */
export function sessionOptions(
  provider: OnnxProvider,
  model: EncodedModel,
  options: CompileOptions,
): InferenceSession.SessionOptions {
  const low = options.profile === 'low-memory'
  const onDevice = provider.keeps === 'on the device'
  return {
    executionProviders: provider.executionProviders,
    intraOpNumThreads: onDevice ? 1 : (options.threads ?? defaultThreads()),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // The pattern reserves one block for a whole step beside what the first step took: twice the memory, and no time is saved.
    enableMemPattern: false,
    // The arena keeps what a step used for the next one (about a tenth of the time), in blocks that grow by powers of two.
    enableCpuMemArena: !low,
    logSeverityLevel: onDevice ? 4 : 3,
    ...(onDevice ? { preferredOutputLocation: locations(model) } : {}),
    enableProfiling: options.profileTo !== undefined,
    ...(options.profileTo === undefined ? {} : { profileFilePrefix: options.profileTo }),
    extra: {
      session: {
        ...(arranges(options.profile ?? 'fast', model.restoresWeights) ? {} : { disable_prepacking: '1' }),
        ...(model.folder === undefined ? {} : { model_external_initializers_file_folder_path: model.folder }),
      },
      // It would make the gradient share the float32 form of a weight with the forward pass: a float32 copy of all of them.
      ...(model.restoresWeights
        ? { optimization: { disable_specified_optimizers: 'CommonSubexpressionElimination' } }
        : {}),
    },
  }
}

/** Updated states stay on the device; what the caller reads comes to memory. */
function locations(model: EncodedModel): Record<string, 'cpu' | 'gpu-buffer'> {
  return Object.fromEntries([
    ...model.outputs.map((name) => [`output:${name}`, 'cpu'] as const),
    ...[...model.updates.values()].map((output) => [output, 'gpu-buffer'] as const),
  ])
}
