/** A run that begins with what another run's checkpoint holds: its trained tensors, and its optimiser where all of it fits. */
import { StudioError } from '../errors.ts'
import type { HostTensor } from '../graph/host-tensor.ts'
import { momentNames } from './adamw.ts'
import { loadCheckpoint } from './checkpoint.ts'
import type { TrainingSession } from './session.ts'

export interface Beginning {
  /** Updates that the optimiser's averages hold; 0 = it begins anew. */
  readonly optimizerSteps: number
  /** What the person should know. */
  readonly notice: string
}

/**
 * Gives the session the checkpoint's values. Tensors that the checkpoint does not have in the same shape get fresh ones
 * from `seed`; the optimiser goes on only where every tensor has its averages, since they share one bias correction.
 * @throws StudioError('bad-config') when nothing of the checkpoint fits
 */
export async function startFrom(session: TrainingSession, path: string, seed: number): Promise<Beginning> {
  const { tensors, state } = await loadCheckpoint(path)
  const fitting = (name: string, shape: readonly number[]): HostTensor | undefined => {
    const tensor = tensors.get(name)
    return tensor?.shape.length === shape.length && tensor.shape.every((n, i) => n === shape[i])
      ? tensor
      : undefined
  }
  const taken = session.trained.filter(({ key, shape }) => fitting(key, shape) !== undefined)
  if (taken.length === 0)
    throw new StudioError(
      'bad-config',
      `Nothing in the checkpoint ${path} fits what this run trains.`,
      'Fork with the same method, and with sizes that the checkpoint has.',
    )
  await session.initialise(seed)
  const fresh = await session.values()
  const values = new Map(
    session.trained.map(({ key, shape }) => [key, fitting(key, shape) ?? fresh.get(key)!]),
  )
  const moments = session.trained.flatMap(({ key, shape }) =>
    Object.values(momentNames(key)).map((name) => [name, fitting(name, shape)] as const),
  )
  const missing = session.trained.length - taken.length
  if (missing === 0 && moments.every(([, tensor]) => tensor !== undefined)) {
    await session.restore(new Map([...values, ...(moments as [string, HostTensor][])]))
    const notice = `Begins with the values and the optimiser of step ${state.step} of the other run.`
    return { optimizerSteps: state.optimizerSteps + state.step, notice }
  }
  await session.load(values)
  const rest =
    missing === 0 ? '' : ` ${missing} of ${session.trained.length} tensors have another size and begin anew.`
  const notice = `Begins with the values of step ${state.step} of the other run.${rest} The optimiser begins anew.`
  return { optimizerSteps: 0, notice }
}
