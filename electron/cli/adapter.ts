/** Opens a model, with an adapter or without, for the commands that use what was trained. */
import { join } from 'node:path'
import { bindAdapter, openAdapter } from '../../engine/adapters/adapter-folder.ts'
import type { AnyMethod } from '../../engine/methods/index.ts'
import { none } from '../../engine/methods/none.ts'
import { type LoadedModel, openModel } from '../../engine/models/load.ts'
import { openDevice } from '../../engine/runtimes/index.ts'
import { TrainingSession } from '../../engine/train/session.ts'
import { findModel } from '../host/built-in.ts'

export interface OpenedModel {
  readonly loaded: LoadedModel
  readonly method: AnyMethod
  readonly config: Readonly<Record<string, unknown>>
  readonly session: TrainingSession
  readonly adapterName: string
}

/**
 * @param adapterDir folder of an adapter; undefined = the model alone
 * @param alone the method that stands for the model alone: nothing trained, or everything
 */
export async function openWithAdapter(
  model: string,
  adapterDir: string | undefined,
  dataDir: string,
  alone: AnyMethod = none,
): Promise<OpenedModel> {
  const loaded = await openModel(findModel(model).dir, { cacheDir: join(dataDir, 'cache', 'float32') })
  const adapter = adapterDir === undefined ? undefined : await openAdapter(adapterDir)
  const { method, config, name: adapterName } = adapter ?? { method: alone, config: {}, name: 'default' }
  const device = await openDevice()
  const session = new TrainingSession({ device, loaded, method, config, adapterName })
  const modules = loaded.sites.map((site) => site.module)
  if (adapter === undefined) await session.initialise(0)
  else await session.load(bindAdapter(adapter, session.trained, modules))
  return { loaded, method, config, session, adapterName }
}
