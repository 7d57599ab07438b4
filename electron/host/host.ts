/** The host: store, services and running work behind both shells (Electron's main process, the headless server). */
import type { SystemInfo } from '../contract/system.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { type Changes, changed, openChanges } from './changes.ts'
import { CompareService } from './compare/compare-service.ts'
import { DatasetsService } from './datasets/datasets-service.ts'
import type { Desktop } from './desktop.ts'
import { DeviceChoice } from './devices/device-choice.ts'
import { type Downloads, openDownloads } from './downloads.ts'
import { forkTrainer } from './fork-trainer.ts'
import { HomeService } from './home/home-service.ts'
import { HubAccount } from './hub/hub-account.ts'
import { HubService } from './hub/hub-service.ts'
import { Jobs } from './jobs.ts'
import { MethodsService } from './methods/methods-service.ts'
import { ModelsService } from './models/models-service.ts'
import type { RunActivity } from './runs/activity.ts'
import { RunsService } from './runs/runs-service.ts'
import { type Cipher, openSecretStore, type SecretStore } from './secrets/secret-store.ts'
import type { SpawnTrainer } from './spawn-trainer.ts'
import { openSettings, type SettingsFile } from './system/settings.ts'
import { TrainerSupervisor } from './trainer-supervisor.ts'
import { openUploads, type Uploads } from './uploads.ts'

export interface Host {
  readonly shell: SystemInfo['shell']
  readonly dataDir: string
  readonly store: Store
  readonly changes: Changes
  readonly jobs: Jobs
  readonly settings: SettingsFile
  readonly models: ModelsService
  readonly datasets: DatasetsService
  readonly methods: MethodsService
  readonly devices: DeviceChoice
  readonly home: HomeService
  readonly hub: HubService
  readonly hubAccount: HubAccount
  readonly supervisor: TrainerSupervisor
  readonly runs: RunsService
  /** What is going on, for the dock, notifications, and keeping the machine awake. */
  readonly compare: CompareService
  readonly activity: RunActivity
  readonly uploads: Uploads
  readonly downloads: Downloads
  readonly secrets: SecretStore
  /** Undefined in a headless studio. */
  readonly desktop: Desktop | undefined
  /** Stops what is going on (runs become *interrupted* and can be resumed) and closes the store. */
  close(): Promise<void>
}

export interface HostOptions {
  readonly shell: SystemInfo['shell']
  readonly dataDir: string
  /** What a desktop can do besides; absent without one. */
  readonly desktop?: Desktop
  /** The operating system's keychain; absent where there is none. */
  readonly cipher?: Cipher
  /** How trainer processes are started, where not as plain Node's. */
  readonly spawnTrainer?: SpawnTrainer
}

/** @throws StudioError `locked` when another studio uses the data folder, and as openStore does */
export async function openHost(options: HostOptions): Promise<Host> {
  const store = openStore(options.dataDir)
  try {
    return await assemble(store, options)
  } catch (error) {
    store.close()
    throw error
  }
}

async function assemble(store: Store, options: HostOptions): Promise<Host> {
  const { shell, dataDir, desktop, cipher, spawnTrainer } = options
  const changes = openChanges()
  const jobs = new Jobs(changes)
  const supervisor = new TrainerSupervisor(store, spawnTrainer && { spawn: spawnTrainer })
  const settings = await openSettings(dataDir, () => changed(changes, 'settings'))
  const models = new ModelsService(store, changes)
  const uploads = await openUploads(dataDir)
  const downloads = openDownloads()
  const datasets = new DatasetsService({ store, changes, jobs, uploads, downloads, models })
  const references = {
    model: (id: string) => models.reference(id),
    data: (versionId: string) => datasets.reference(versionId),
  }
  const devices = new DeviceChoice({
    dataDir,
    spawn: spawnTrainer ?? forkTrainer,
    limitBytes: () => settings.get().memoryLimitBytes,
    bytesOf: (plan) => methods.bytesOf(plan),
    busy: (runId) => store.runs.unfinished().some(({ id }) => id !== runId),
    measured: () => changed(changes, 'measurements'),
  })
  const methods: MethodsService = new MethodsService({
    dataDir,
    store,
    settings,
    jobs,
    changes,
    spawn: spawnTrainer ?? forkTrainer,
    references,
    devices,
  })
  const runs = new RunsService({ store, changes, settings, supervisor, references, methods, devices })
  const secrets = await openSecretStore(dataDir, cipher)
  const hubAccount = new HubAccount(secrets, settings)
  return {
    shell,
    dataDir,
    store,
    changes,
    jobs,
    settings,
    models,
    datasets,
    methods,
    devices,
    home: new HomeService({
      store,
      changes,
      models,
      runs,
      latestVersion: (id) => datasets.latestVersion(id),
    }),
    hub: new HubService({ dataDir, jobs, models, account: hubAccount }),
    hubAccount,
    supervisor,
    runs,
    activity: runs.activity,
    compare: new CompareService(store, downloads),
    uploads,
    downloads,
    secrets,
    desktop,
    async close() {
      await Promise.all([runs.close(), supervisor.close(), jobs.close(), methods.close()])
      await datasets.close()
      changes.close()
      store.close()
    },
  }
}
