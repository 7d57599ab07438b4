/** The settings of runs side by side: what the plan says, by its declared fields, with model, data and machine. */
import { z } from 'zod'
import type { Fields } from '../../../engine/methods/fields.ts'
import { methods } from '../../../engine/methods/index.ts'
import { exampleFields, planFields } from '../../../engine/train/plan-fields.ts'
import type { Setting, SettingGroup } from '../../contract/compare-table.ts'
import type { Run } from '../../contract/run-record.ts'
import type { DatasetVersion } from '../../store/datasets.ts'
import type { Model } from '../../store/models.ts'

type Json = z.infer<ReturnType<typeof z.json>>

/** A run with the model and the data it names, as far as they are still known. */
export interface RunSubject {
  readonly run: Run
  readonly model: Model | undefined
  readonly version: DatasetVersion | undefined
  readonly datasetName: string
}

interface Entry {
  readonly key: string
  readonly group: SettingGroup
  readonly label: string
  readonly help: string
  readonly value: Json
  /** An advanced field that keeps its default. */
  readonly usual?: boolean
}

/** Entries of a plan that are places and references, not settings; model and data are told by name instead. */
const structure = new Set([
  'model',
  'modelName',
  'data',
  'method',
  'methodConfig',
  'out',
  'cache',
  'resume',
  'startFrom',
  'samples',
])

const dataSchema = z.looseObject({
  train: z.string(),
  validation: z.string().nullable(),
  validationFraction: z.number(),
})
const methodConfigSchema = z.record(z.string(), z.json())
const orderOfGroups: readonly SettingGroup[] = ['model', 'data', 'method', 'optimiser', 'environment']

/** Every setting that any of the runs has, in groups. */
export function settingsOf(subjects: readonly RunSubject[]): Setting[] {
  const byRun = subjects.map((subject) => new Map(entriesOf(subject).map((entry) => [entry.key, entry])))
  const all = new Map<string, Entry>()
  for (const entries of byRun) for (const [key, entry] of entries) if (!all.has(key)) all.set(key, entry)
  const settings = [...all.values()].map(({ key, group, label, help }): Setting => {
    const entries = byRun.map((run) => run.get(key))
    const cells = entries.map((entry) => ({ used: entry !== undefined, value: entry?.value ?? null }))
    const differs = new Set(cells.map((cell) => JSON.stringify(cell))).size > 1
    const minor = differs && entries.every((entry) => entry === undefined || entry.usual === true)
    return { key, group, label, help, cells, differs, minor }
  })
  return toldApart(settings).sort((a, b) => orderOfGroups.indexOf(a.group) - orderOfGroups.indexOf(b.group))
}

/** Settings of the same group and label (two methods may call different things alike) get their key behind it. */
function toldApart(settings: readonly Setting[]): Setting[] {
  const same = Map.groupBy(settings, ({ group, label }) => `${group}/${label}`)
  return settings.map((setting) => {
    const alike = same.get(`${setting.group}/${setting.label}`)?.length ?? 1
    const own = setting.key.slice(setting.key.indexOf('.') + 1)
    return alike === 1 ? setting : { ...setting, label: `${setting.label} (${own})` }
  })
}

function entriesOf(subject: RunSubject): Entry[] {
  return [
    ...modelEntries(subject),
    ...dataEntries(subject),
    ...planEntries(subject.run),
    ...machineEntries(subject.run),
  ]
}

function modelEntries({ run, model }: RunSubject): Entry[] {
  const entry = (key: string, label: string, help: string, value: Json): Entry => ({
    key: `model.${key}`,
    group: 'model',
    label,
    help,
    value,
  })
  const entries = [entry('name', 'Model', 'The frozen base.', model?.name ?? run.modelId)]
  if (model === undefined) return entries
  return [
    ...entries,
    entry('fingerprint', 'Weights', 'Fingerprint of the model’s files.', model.fingerprint.slice(0, 12)),
    entry('parameters', 'Parameters', 'Numbers of the base model.', model.parameters),
  ]
}

function dataEntries({ run, version, datasetName }: RunSubject): Entry[] {
  const entry = (key: string, label: string, help: string, value: Json): Entry => ({
    key: `data.${key}`,
    group: 'data',
    label,
    help,
    value,
  })
  const data = dataSchema.safeParse(run.config.data).data
  return [
    entry('dataset', 'Dataset', 'Where the training rows come from.', datasetName),
    entry('version', 'Version', 'The immutable version that was read.', run.datasetVersionId),
    ...(version === undefined
      ? []
      : [
          entry('content', 'Content', 'Hash of the rows.', version.contentHash.slice(0, 12)),
          entry('rows', 'Rows', 'Training rows of the version.', version.rows),
        ]),
    ...(data === undefined
      ? []
      : [
          entry(
            'validation',
            'Validation rows',
            'What the validation loss is measured on.',
            evaluationSet(run),
          ),
          ...fieldEntries('data', 'data', exampleFields, data),
        ]),
  ]
}

/** On which rows a run was evaluated, in words that are equal for equal rows of equal data. */
export function evaluationSet(run: Run): string {
  const data = dataSchema.safeParse(run.config.data).data
  if (data === undefined) return 'unknown'
  if (data.validation !== null) return data.validation
  if (data.validationFraction === 0) return 'none'
  return `${data.validationFraction * 100} % of the training rows, chosen by seed ${run.config.seed}`
}

function planEntries(run: Run): Entry[] {
  const method = methods.get(run.method)
  const config = methodConfigSchema.safeParse(run.config.methodConfig).data ?? {}
  const name: Entry = {
    key: 'method.name',
    group: 'method',
    label: 'Method',
    help: method?.explain ?? '',
    value: method?.title ?? run.method,
  }
  const plan = Object.fromEntries(Object.entries(run.config).filter(([key]) => !structure.has(key)))
  const begun = run.config.startFrom
  return [
    name,
    // Two methods may have a setting of the same name that means the same: it shares a row.
    ...fieldEntries('method', 'methodConfig', method?.fields ?? {}, config),
    ...(typeof begun === 'string'
      ? [
          {
            key: 'startFrom',
            group: 'method' as const,
            label: 'Begins with',
            help: 'Checkpoint of another run.',
            value: begun,
          },
        ]
      : []),
    ...fieldEntries('optimiser', 'plan', planFields, plan),
  ]
}

/** Values with the labels of their fields; one without a field (an older or newer plan) under its own name. */
function fieldEntries(
  group: SettingGroup,
  prefix: string,
  fields: Fields,
  values: Readonly<Record<string, unknown>>,
): Entry[] {
  const known = Object.keys(fields).filter((key) => values[key] !== undefined)
  const others = group === 'data' ? [] : Object.keys(values).filter((key) => fields[key] === undefined)
  return [...known, ...others].map((key) => {
    const field = fields[key]
    return {
      key: `${prefix}.${key}`,
      group: field?.group === 'Machine' ? 'environment' : group,
      label: field?.label ?? key,
      help: field?.help ?? '',
      value: told(field, z.json().parse(values[key])),
      usual: field?.advanced === true && JSON.stringify(values[key]) === JSON.stringify(field.default),
    }
  })
}

/** `null` as the field says what it means. */
function told(field: Fields[string] | undefined, value: Json): Json {
  if (value === null && field !== undefined && 'none' in field) return field.none
  return value
}

function machineEntries({ device, environment }: Run): Entry[] {
  const entry = (key: string, label: string, value: Json): Entry => ({
    key: `environment.${key}`,
    group: 'environment',
    label,
    help: '',
    value,
  })
  return [
    entry('device', 'Device', device),
    entry('cpu', 'Processor', environment.cpu),
    entry('cores', 'Cores', environment.cores),
    entry('memoryBytes', 'Memory (bytes)', environment.memoryBytes),
    entry('platform', 'System', environment.platform),
    entry('studio', 'PEFT Studio', environment.studio),
    entry('node', 'Node', environment.node),
    ...Object.entries(environment.packages).map(([name, version]) =>
      entry(`packages.${name}`, name, version),
    ),
  ]
}
