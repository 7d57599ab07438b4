/** Names of repositories on the hub: typed, or copied from the address line of a browser. */
import { StudioError } from '../../../engine/errors.ts'
import type { HubRepository } from '../../contract/hub.ts'

export type RepositoryKind = HubRepository['kind']

export interface RepositoryId {
  readonly kind: RepositoryKind
  /** `owner/name`, or the bare name of an old repository. */
  readonly id: string
  /** Branch, tag or commit; undefined: the newest. */
  readonly revision: string | undefined
}

const part = /^[A-Za-z0-9][\w.-]{0,95}$/

/** @throws StudioError `bad-argument` */
export function repositoryId(kind: RepositoryKind, typed: string, revision?: string): RepositoryId {
  const [path = '', tree] = withoutAddress(typed.trim()).split(/\/(?:tree|blob|resolve)\//)
  const names = path.split('/').filter((name) => name !== '')
  const ofDataset = names[0] === 'datasets' && names.length > 1
  if (ofDataset) names.shift()
  if (ofDataset && kind === 'model')
    throw new StudioError('bad-argument', `${typed} is a dataset, not a model.`, 'Open it under Datasets.')
  if (names.length < 1 || names.length > 2 || names.some((name) => !part.test(name) || name.includes('..')))
    throw new StudioError(
      'bad-argument',
      `"${typed}" is not the name of a ${kind} on the hub.`,
      'Give it as owner/name, for example as its page on the hub shows it at the top.',
    )
  const asked = revision ?? tree?.split('/')[0]
  return { kind, id: names.join('/'), revision: asked === undefined ? undefined : decodeURIComponent(asked) }
}

function withoutAddress(typed: string): string {
  if (!/^https?:\/\//i.test(typed)) return typed.replace(/^hf:\/\//i, '')
  return URL.canParse(typed) ? new URL(typed).pathname : typed
}

/** The repository as part of a file name: `owner--name`. */
export const folderName = (id: string): string => id.replace('/', '--')
