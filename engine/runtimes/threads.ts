/** How many threads the kernels of a processor use where nobody says otherwise. */
import { availableParallelism } from 'node:os'

/**
 * One per core that this process may use, or what OMP_NUM_THREADS says, as the numeric libraries of the field have it
 * (OpenMP 5.2 §21.1.2; of a list, the first number counts).
 */
export function defaultThreads(environment: NodeJS.ProcessEnv = process.env): number {
  const asked = Number.parseInt(environment.OMP_NUM_THREADS ?? '', 10)
  return asked >= 1 ? asked : availableParallelism()
}
