/** Into the bin and out of it again. */
import type { DatasetRecord } from '../../../../electron/contract/datasets/versions.ts'
import { failureOf } from '../../../api/failure.ts'
import type { Studio } from '../../../api/studio.svelte.ts'
import { router } from '../../../state/router.svelte.ts'
import { toasts } from '../../../state/toasts.svelte.ts'

export async function putIntoBin(studio: Studio, { id, name }: DatasetRecord): Promise<void> {
  try {
    await studio.client.datasets.remove({ datasetId: id })
    if (router.rest[0] === id) router.go('datasets')
    const back = () => void takeOutOfBin(studio, id)
    toasts.show({ tone: 'info', text: `${name} is in the bin.`, action: { label: 'Undo', run: back } })
  } catch (error) {
    tell(error)
  }
}

export async function takeOutOfBin(studio: Studio, datasetId: string): Promise<void> {
  try {
    await studio.client.datasets.restore({ datasetId })
  } catch (error) {
    tell(error)
  }
}

export async function deleteForGood(studio: Studio, { id, name }: DatasetRecord): Promise<void> {
  try {
    await studio.client.datasets.purge({ datasetId: id })
    toasts.show({ tone: 'info', text: `${name} was deleted.` })
  } catch (error) {
    tell(error)
  }
}

function tell(error: unknown): void {
  const { message, hint } = failureOf(error)
  toasts.show({ tone: 'bad', text: `${message} ${hint}` })
}
