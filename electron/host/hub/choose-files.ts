/** Which files of a repository are downloaded: what the studio can open, and nothing that could run. */
import type { HubRepository } from '../../contract/hub.ts'
import type { RepositoryKind } from './repository-id.ts'

export type HubFile = HubRepository['files'][number]

export interface ChosenFiles {
  readonly taken: readonly HubFile[]
  readonly leftOut: HubRepository['leftOut']
}

const COMPANIONS =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|model\.safetensors\.index)\.json$|^(merges\.txt|tokenizer\.model|chat_template\.(jinja|json)|readme\.md|(licen[cs]e|notice|use_policy)(\.(txt|md))?)$/i
const WHOLE = 'model.safetensors'
const SHARD = /^model-\d+-of-\d+\.safetensors$/
const DATA = /\.(jsonl|ndjson|json|csv|tsv|parquet|txt)$/i
/** Files about a dataset, not of it. */
const ABOUT_DATA =
  /(^|\/)(dataset_infos?|dataset_dict|state|config|croissant)\.json$|(^|\/)(requirements|licen[cs]e)\.txt$/i

/** Why a file stays on the hub; the first that fits. */
const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /\.(bin|pt|pth|ckpt|pkl|pickle|npy|npz|joblib)$/i,
    'Python pickles: opening one can run any program hidden in it',
  ],
  [/\.(py|ipynb|sh|js|so|dll|exe|jar)$/i, 'program code: the studio runs none'],
  [/\.(gguf|ggml|onnx|onnx_data|h5|msgpack|tflite|mlmodel|ot|mlpackage)$/i, 'weights for other programs'],
  [/\.safetensors$/i, 'further copies of the weights'],
  [/\.(zip|tar|gz|tgz|zst|bz2|xz|7z|arrow)$/i, 'packed archives'],
]
const REST = 'not needed'

/** @param files everything in the repository */
export function chooseFiles(kind: RepositoryKind, files: readonly HubFile[]): ChosenFiles {
  const paths = new Set(files.map(({ path }) => path))
  const wanted = kind === 'dataset' ? isData : isOfModel(paths.has(WHOLE))
  const taken = files.filter(({ path }) => wanted(path))
  const left = new Map<string, { files: number; bytes: number }>()
  for (const { path, bytes } of files) {
    if (wanted(path)) continue
    const reason = reasons.find(([pattern]) => pattern.test(path))?.[1] ?? REST
    const sum = left.get(reason) ?? { files: 0, bytes: 0 }
    left.set(reason, { files: sum.files + 1, bytes: sum.bytes + bytes })
  }
  const order = [...reasons.map(([, reason]) => reason), REST]
  const leftOut = order.flatMap((reason) => {
    const sum = left.get(reason)
    return sum === undefined ? [] : [{ reason, ...sum }]
  })
  return { taken, leftOut }
}

/** Like transformers: the whole file goes before the shards where both are there. */
function isOfModel(whole: boolean): (path: string) => boolean {
  return (path) => COMPANIONS.test(path) || (whole ? path === WHOLE : SHARD.test(path))
}

const isData = (path: string): boolean => DATA.test(path) && !ABOUT_DATA.test(path) && !/(^|\/)\./.test(path)
