/** What the engine can compute on, with the speed that was measured on each. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import { writeJsonAtomic } from '../../../engine/files/atomic.ts'
import { readJsonObject } from '../../../engine/files/json.ts'
import { listDevices } from '../../../engine/runtimes/index.ts'
import { type Device, deviceSchema } from '../../contract/system.ts'

type Speed = NonNullable<Device['measured']>

const storedSchema = z.record(z.string(), deviceSchema.shape.measured.unwrap())

/** Every device that a runtime knows of, available or not. */
export async function devices(dataDir: string): Promise<Device[]> {
  const [known, speeds] = await Promise.all([listDevices(), stored(dataDir)])
  return known.map(({ id, runtime, title, available, detail, memoryBytes }) => ({
    ...{ id, runtime, title, available, detail },
    memoryBytes: memoryBytes ?? null,
    measured: speeds[id] ?? null,
  }))
}

/** @throws StudioError `not-found`, `device` when it is not available */
export async function findDevice(dataDir: string, id: string): Promise<Device> {
  const all = await devices(dataDir)
  const device = all.find((one) => one.id === id)
  if (device === undefined)
    throw new StudioError(
      'not-found',
      `There is no device "${id}".`,
      `Devices: ${all.map((one) => one.id).join(', ')}.`,
    )
  if (device.available) return device
  throw new StudioError(
    'device',
    `${device.title} is not available: ${device.detail}.`,
    'Choose another one.',
  )
}

export async function rememberSpeed(dataDir: string, id: string, speed: Speed): Promise<void> {
  await writeJsonAtomic(pathOf(dataDir), { ...(await stored(dataDir)), [id]: speed })
}

const pathOf = (dataDir: string): string => join(dataDir, 'devices.json')

/** A damaged file counts as none: measuring again replaces it. */
async function stored(dataDir: string): Promise<Record<string, Speed>> {
  const path = pathOf(dataDir)
  if (!existsSync(path)) return {}
  try {
    return storedSchema.safeParse((await readJsonObject(path)).json).data ?? {}
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-file') return {}
    throw error
  }
}
