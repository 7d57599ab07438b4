/** Long work of the host as a promise: resolves to what it made, rejects with its failure. */
import type { JobRecord } from '../../../electron/contract/jobs.ts'
import type { Failure } from '../../api/failure.ts'
import type { Studio } from '../../api/studio.svelte.ts'

/** The failure of a job, in the shape that failed calls have. */
class JobFailed extends Error {
  readonly data: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.data = failure
  }
}

/**
 * @param told is given the job each time it has come further
 * @throws JobFailed; an AbortError when the job was cancelled or `signal` aborts (the job then goes on)
 */
export async function resultOf<T>(
  studio: Studio,
  jobId: string,
  signal: AbortSignal,
  told: (job: JobRecord) => void = () => undefined,
): Promise<T> {
  const open = (position: { signal: AbortSignal }) => studio.client.jobs.watch({ id: jobId }, position)
  for await (const job of studio.follow(open, signal)) {
    told(job)
    if (job.state === 'failed' && job.error !== null) throw new JobFailed(job.error)
    if (job.state === 'cancelled') throw new DOMException('The work was cancelled.', 'AbortError')
    // The contract names the shape of the result of each kind of job.
    if (job.state === 'done') return job.result as T
  }
  throw new DOMException('Nobody waits for this work any more.', 'AbortError')
}
