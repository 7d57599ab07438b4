/** Puts files that a run names by their path (and the built-in ones) into the store as a version, told by their content. */
import { detectFormat } from '../../../engine/data/examples/dataset-format.ts'
import { readDataset, streamRows } from '../../../engine/data/read/read-dataset.ts'
import { isBad } from '../../../engine/data/read/row.ts'
import type { Store } from '../../store/open-store.ts'
import type { DataReference } from '../built-in.ts'
import { factsOfFiles } from './versions/content-hash.ts'

const lookedRows = 200

/**
 * @returns the id of the version
 * @throws StudioError `not-found`, `disk`, `bad-data` for files without rows
 */
export async function registerData(store: Store, data: DataReference): Promise<string> {
  const first = await readDataset(data.train, { limit: lookedRows })
  const format = detectFormat(first.rows)
  const { contentHash, bytes } = await factsOfFiles(data.train, data.validation)
  const kind = data.source === 'built-in' ? 'built-in' : 'file'
  const same = store.datasets.versions(data.id).find((version) => version.contentHash === contentHash)
  const rows = same?.rows ?? (await countRows(data.train))
  const validationRows =
    same?.validationRows ?? (data.validation === null ? 0 : await countRows(data.validation))
  store.datasets.put({ id: data.id, name: data.name, source: data.source, kind })
  const version = store.datasets.addVersion({
    datasetId: data.id,
    contentHash,
    path: data.train,
    validationPath: data.validation,
    rows,
    validationRows,
    bytes,
    format,
    columns: [...new Set(first.rows.flatMap(({ value }) => Object.keys(value)))],
    note: '',
  })
  return version.id
}

async function countRows(path: string): Promise<number> {
  let rows = 0
  for await (const item of streamRows(path)) if (!isBad(item)) rows += 1
  return rows
}
