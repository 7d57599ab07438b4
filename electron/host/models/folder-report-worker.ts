/** The thread behind `reportOnFolder`: inspects one folder, tells what it found, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { type InspectedModel, inspectModel } from '../../../engine/models/inspect.ts'
import type { ModelFacts } from '../../contract/models.ts'
import type { FolderReport } from './folder-report.ts'

function factsOf({ folder, facts, family, parameters, ...rest }: InspectedModel): ModelFacts {
  const { architectures, modelType, dtypes, bytes } = folder
  const { layers, width, heads, keyValueHeads, headSize, contextLength, vocabularySize, tiedHead } = facts
  return {
    architecture: architectures[0] ?? modelType ?? facts.modelType,
    modelType: facts.modelType,
    family,
    parameters,
    layers,
    width,
    heads,
    keyValueHeads,
    headSize,
    contextLength,
    vocabulary: vocabularySize,
    tiedHead,
    dtypes: [...dtypes]
      .map(([dtype, count]) => ({ dtype, parameters: count }))
      .sort((a, b) => b.parameters - a.parameters),
    weightBytes: bytes,
    ...rest,
  }
}

const { model, problems } = await inspectModel(z.string().parse(workerData))
const report: FolderReport = {
  facts: model && factsOf(model),
  fingerprint: model?.folder.hash ?? null,
  problems: problems.map(({ code, message, hint }) => ({ code, message, hint })),
}
parentPort?.postMessage(report)
