/** What the store knows about a run: the record of the contract, and what a new one is made from. */
import type { Lineage, PlanDocument, Run, RunEnvironment } from '../contract/run-record.ts'

export {
  type Ending,
  endingSchema,
  environmentSchema,
  type Lineage,
  type PlanDocument,
  planDocumentSchema,
  type Run,
  type RunEnvironment,
  type RunFacts,
  type RunResult,
  type RunStatus,
} from '../contract/run-record.ts'

export interface NewRun {
  readonly name: string
  readonly method: string
  readonly modelId: string
  readonly datasetVersionId: string
  readonly config: PlanDocument
  readonly environment: RunEnvironment
  readonly lineage?: Lineage
}

export type RunError = NonNullable<Run['error']>
