/** What a request names, looked up: the model's folder and the files of the version of the data. */
import type { DataReference, ModelReference } from '../built-in.ts'

/** Both are in the store once they were looked up. */
export interface References {
  readonly model: (id: string) => Promise<ModelReference>
  readonly data: (versionId: string) => Promise<DataReference>
}
