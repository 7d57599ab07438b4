/** Which device a run is computed on: the one asked for, or the fastest of those that were measured for such a run. */
import { totalmem } from 'node:os'
import { StudioError } from '../../../engine/errors.ts'
import { trainsAnything } from '../../../engine/methods/attach.ts'
import { findMethod } from '../../../engine/methods/index.ts'
import { type DeviceInfo, findDevice, listDevices, REFERENCE_DEVICE } from '../../../engine/runtimes/index.ts'
import type { TrainPlan } from '../../../engine/train/plan.ts'
import { AUTOMATIC_DEVICE } from '../../../engine/train/plan-fields.ts'
import type { Device, PlannedDevice, Ranking } from '../../contract/devices.ts'
import type { JobContext } from '../jobs.ts'
import { Measurements, measurementKey } from '../methods/measurements.ts'
import { probe } from '../methods/probe.ts'
import { Turns } from '../methods/turns.ts'
import type { SpawnTrainer } from '../spawn-trainer.ts'
import { rankDevices } from './rank-devices.ts'
import { rankingKey, readRankings, rememberRanking } from './rankings.ts'
import { bestOf, foundAbout, sizeWords, whyBest } from './words.ts'
import type { Workload } from './workload.ts'

export interface Chosen {
  readonly id: string
  readonly title: string
  readonly why: string
  /** Set where devices were measured for it just now. */
  readonly ranking?: Ranking
}

export interface DeviceChoiceParts {
  readonly dataDir: string
  readonly spawn: SpawnTrainer
  /** What the person allows a run to take; null = all there is. */
  readonly limitBytes: () => number | null
  /** Estimated memory of a plan. @throws StudioError as building its graph does */
  readonly bytesOf: (plan: TrainPlan) => Promise<number>
  /** Whether a run other than this one is being trained. */
  readonly busy: (runId: string | undefined) => boolean
  /** Something new is known. */
  readonly measured: () => void
}

export class DeviceChoice {
  readonly #parts: DeviceChoiceParts
  readonly #measurements: Measurements
  /** Measurements disturb each other. */
  readonly turns = new Turns()

  constructor(parts: DeviceChoiceParts) {
    this.#parts = parts
    this.#measurements = new Measurements(parts.dataDir)
  }

  /** Every device that a runtime knows of, available or not, with what was last measured on it. */
  async list(): Promise<Device[]> {
    const [known, rankings] = await Promise.all([listDevices(), readRankings(this.#parts.dataDir)])
    const newest = Object.values(rankings).sort((a, b) => b.measuredAt - a.measuredAt)
    return known.map(({ id, runtime, title, available, detail, driver, memoryBytes }) => ({
      ...{ id, runtime, title, available, detail },
      driver: driver ?? null,
      memoryBytes: memoryBytes ?? null,
      measured: lastOf(id, newest),
    }))
  }

  /** What may be used of a device: its memory, or the person's limit. */
  roomIn({ memoryBytes }: Pick<DeviceInfo, 'memoryBytes'>): { bytes: number; limited: boolean } {
    const all = memoryBytes ?? totalmem()
    const limit = this.#parts.limitBytes()
    return { bytes: Math.min(limit ?? all, all), limited: limit !== null && limit < all }
  }

  /** What is remembered for such a run; undefined where nothing is, or something has changed since. */
  async ranking(workload: Workload): Promise<Ranking | undefined> {
    return (await readRankings(this.#parts.dataDir))[this.#key(workload, await available())]
  }

  /**
   * Where the run would be computed, without measuring anything.
   * @throws StudioError for a device that is unknown or not available
   */
  async planned(workload: Workload): Promise<PlannedDevice> {
    const { device: asked } = workload.plan
    const candidates = await available()
    const ranking = await this.ranking(workload)
    const options = [
      { id: AUTOMATIC_DEVICE, title: 'Automatic', note: 'the fastest, measured' },
      ...candidates.map(({ id, title }) => {
        const entry = ranking?.devices.find((one) => one.id === id)
        return { id, title, note: entry && ranking ? foundAbout(entry, ranking) : '' }
      }),
    ]
    const chosen = await this.#known(workload, candidates, ranking)
    return chosen === undefined
      ? {
          id: null,
          title: 'The fastest',
          why: `${candidates.length} devices are measured when the run starts`,
          asked,
          options,
        }
      : { id: chosen.id, title: chosen.title, why: chosen.why, asked, options }
  }

  /**
   * The device of a run; where nothing is remembered of several candidates, they are measured first.
   * @param again measures even where something is remembered
   * @throws StudioError for a device that is unknown or not available, or where none gives right results
   * @throws the signal's reason when it aborts
   */
  async choose(workload: Workload, context: JobContext, again = false): Promise<Chosen> {
    const candidates = await available()
    const remembered = again ? undefined : await this.ranking(workload)
    const chosen = await this.#known(workload, candidates, remembered)
    if (chosen !== undefined) return chosen
    const ranking = await this.measure(workload, context)
    const best = bestOf(ranking)
    if (best !== undefined) return { id: best.id, title: best.title, why: whyBest(ranking), ranking }
    const [first] = ranking.devices
    throw new StudioError(
      'device',
      `No device of this machine can compute the run. ${ranking.devices.map(({ title, because }) => `${title}: ${because ?? ''}`).join(' ')}`,
      first?.verdict === 'too-small' ? 'Use less memory.' : 'Choose a device yourself to see what it says.',
    )
  }

  /**
   * Measures the run on every available device and remembers what came out.
   * @throws the signal's reason when it aborts
   */
  async measure(workload: Workload, context: JobContext): Promise<Ranking> {
    if (this.turns.busy) context.progress({ note: 'Waiting for another measurement' })
    return this.turns.take(context.signal, async () => {
      const { dataDir, spawn, busy, measured } = this.#parts
      const { plan, words, runId } = workload
      const candidates = await available()
      const bytes = await this.#parts.bytesOf(plan)
      const devices = await rankDevices(candidates, context, {
        probe: (device, within) => probe({ ...plan, device }, spawn, within),
        tooSmall: async (device) => tooSmall(bytes, this.roomIn(device).bytes),
        busy: () => busy(runId),
      })
      const ranking = { workload: words, measuredAt: Date.now(), devices }
      await rememberRanking(dataDir, this.#key(workload, candidates), ranking)
      await this.#rememberTimes(workload, ranking)
      measured()
      return ranking
    })
  }

  /** Undefined where devices have to be measured first. */
  async #known(
    { plan }: Workload,
    candidates: readonly DeviceInfo[],
    ranking: Ranking | undefined,
  ): Promise<Chosen | undefined> {
    if (plan.device !== AUTOMATIC_DEVICE) {
      const { id, title } = await findDevice(plan.device)
      return { id, title, why: 'chosen by hand' }
    }
    const best = ranking && bestOf(ranking)
    if (best !== undefined) return { id: best.id, title: best.title, why: whyBest(ranking!) }
    const [only] = candidates
    if (only !== undefined && candidates.length === 1)
      return { id: only.id, title: only.title, why: 'the only device here that can train' }
    const { trains, title } = methodOf(plan)
    if (trains) return undefined
    const reference = await findDevice(REFERENCE_DEVICE)
    return { id: reference.id, title: reference.title, why: `${title} takes no steps that could be measured` }
  }

  /** What each device took is also what a run on it would take. */
  async #rememberTimes({ plan, fingerprint, versionId }: Workload, { devices }: Ranking): Promise<void> {
    if (versionId === undefined) return
    for (const { id, measurement } of devices)
      if (measurement !== null)
        await this.#measurements.put(
          measurementKey({ ...plan, device: id }, fingerprint, versionId),
          measurement,
        )
  }

  #key({ plan, fingerprint }: Workload, candidates: readonly DeviceInfo[]): string {
    return rankingKey(plan, fingerprint, candidates, this.#parts.limitBytes())
  }
}

async function available(): Promise<DeviceInfo[]> {
  return (await listDevices()).filter((device) => device.available)
}

function methodOf({ method: name }: TrainPlan): { trains: boolean; title: string } {
  const method = findMethod(name)
  return { trains: trainsAnything(method), title: method.title }
}

function lastOf(id: string, newest: readonly Ranking[]): Device['measured'] {
  for (const ranking of newest) {
    const { workload, measuredAt, devices } = ranking
    const entry = devices.find((device) => device.id === id)
    if (entry === undefined) continue
    const { verdict, because, measurement, lossDifference } = entry
    const found = foundAbout(entry, ranking)
    return { verdict, because, measurement, lossDifference, found, workload, measuredAt }
  }
  return null
}

function tooSmall(bytes: number, room: number): string | undefined {
  return bytes <= room ? undefined : `The run needs about ${sizeWords(bytes)}, it has ${sizeWords(room)}.`
}
