/** The figures of a finished run, as `train` and `compare` report them. */
import type { JobOutcome } from './run-job.ts'

export function summary(id: string, method: string, { started, finished }: JobOutcome) {
  return {
    id,
    method,
    device: started.device,
    trainableParameters: started.trainableParameters,
    totalParameters: started.totalParameters,
    trainLoss: finished.trainLoss,
    validationLoss: finished.validationLoss,
    usefulTokensPerSecond: finished.usefulTokensPerSecond,
    peakMemoryBytes: finished.peakMemoryBytes,
    adapterBytes: finished.adapterBytes,
    seconds: finished.seconds,
    baseValidationLoss: started.baseValidationLoss,
  }
}

export type RunSummary = ReturnType<typeof summary>
