/** Checks, token lengths and the preview of rows. */
import { StudioError } from '../../../engine/errors.ts'
import type { CheckReport, Histogram, Preview, Tokens } from '../../contract/datasets/checks.ts'
import { type IssueKind, issueKinds } from '../../contract/datasets/checks.ts'
import type { Mapping } from '../../contract/datasets/mapping.ts'
import type { Reading, Source } from '../../contract/datasets/source.ts'
import type { JobContext, Jobs } from '../jobs.ts'
import type { ModelsService } from '../models/models-service.ts'
import type { Uploads } from '../uploads.ts'
import { issues } from './checks/issues.ts'
import { sourceFiles } from './import/source-files.ts'
import type { SheetHandle, Sheets } from './sheets.ts'
import { type CallContext, callOnce, Thread } from './threads/thread.ts'
import type { TokensHandlers, TokensOf } from './tokens/tokens-worker.ts'

interface Parts {
  readonly jobs: Jobs
  readonly models: ModelsService
  readonly sheets: Sheets
  readonly uploads: Uploads
}

interface SourcePreviewInput {
  readonly source: Source
  readonly reading: Reading
  readonly mapping: Mapping
  readonly index: number
  readonly tokens: Tokens
  readonly length: number
}

type CheckTokens = Tokens & { readonly length: number }

/** A check as it was made; what it found lies in the sheet's thread. */
interface Checked {
  readonly handle: SheetHandle
  readonly revision: number
  readonly checkedAt: number
  readonly rows: number
  readonly tokens: CheckTokens | null
}

const tokensWorker = new URL('./tokens/tokens-worker.ts', import.meta.url)

export class Inspections {
  readonly #parts: Parts
  readonly #checks = new Map<string, Checked>()
  /** Running counts by what they count. */
  readonly #counting = new Map<string, string>()
  #tokens: Thread<TokensHandlers> | undefined
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async check(sheetId: string, tokens: CheckTokens | null, context: JobContext): Promise<CheckReport> {
    const handle = await this.#parts.sheets.handle(sheetId)
    const lengths =
      tokens === null
        ? null
        : await callOnce<TokensHandlers, 'count'>(
            tokensWorker,
            'count',
            await this.#of(handle, tokens),
            context,
          )
    const checked = await handle.reader.call('check', { lengths, length: tokens?.length ?? 0 }, context)
    const { rows, revision } = checked
    await handle.owner.call('setChecked', checked)
    const made = { handle, revision, checkedAt: Date.now(), rows, tokens }
    this.#checks.set(handle.place.sheetId, made)
    return this.#report(made)
  }

  /** Null when there was none, or the sheet has been closed since. */
  async lastCheck(sheetId: string): Promise<CheckReport | null> {
    const handle = await this.#parts.sheets.handle(sheetId)
    const made = this.#checks.get(handle.place.sheetId)
    return made?.handle === handle ? this.#report(made) : null
  }

  /** With the rows that are still as they were: after a fix there are none. */
  async #report({ handle, revision, checkedAt, rows, tokens }: Checked): Promise<CheckReport> {
    const { revision: now } = await handle.owner.call('state', undefined)
    const found = async (kind: IssueKind) => ({ kind, ids: await handle.owner.call('issueRows', kind) })
    const all = await Promise.all(issueKinds.map(found))
    return {
      revision,
      stale: now !== revision,
      checkedAt,
      rows,
      tokens,
      issues: all.flatMap(({ kind, ids }) => {
        const { title, explain, fixes } = issues[kind]
        return ids === null ? [] : [{ kind, title, explain, rows: ids.length, fixes: [...fixes] }]
      }),
    }
  }

  async histogram(sheetId: string, tokens: Tokens, length: number, bins: number): Promise<Histogram> {
    const { jobs, sheets } = this.#parts
    const handle = await sheets.handle(sheetId)
    const of = await this.#of(handle, tokens)
    const figures = await this.#thread.call('histogram', { ...of, length, bins })
    if (figures.state === 'exact') return { ...figures, jobId: null }
    const key = JSON.stringify(of)
    const running = this.#counting.get(key)
    if (running !== undefined) return { ...figures, jobId: running }
    const { id } = jobs.start(
      { kind: 'dataset.lengths', title: `Counting tokens of ${handle.place.datasetId}` },
      async (context) => {
        try {
          await callOnce<TokensHandlers, 'count'>(tokensWorker, 'count', of, context)
        } finally {
          this.#counting.delete(key)
        }
      },
    )
    this.#counting.set(key, id)
    return { ...figures, jobId: id }
  }

  async preview(
    sheetId: string,
    row: number,
    tokens: Tokens,
    length: number,
    context: CallContext,
  ): Promise<Preview> {
    const handle = await this.#parts.sheets.handle(sheetId)
    return this.#thread.call('preview', { ...(await this.#of(handle, tokens)), row, length }, context)
  }

  /** A row of a source that is not imported yet. @throws StudioError for sources that cannot be read */
  async previewSource(
    { source, reading, mapping, index, tokens, length }: SourcePreviewInput,
    context: CallContext,
  ): Promise<Preview> {
    const { models, uploads } = this.#parts
    const [{ files }, { dir }] = await Promise.all([
      sourceFiles(source, uploads),
      models.reference(tokens.modelId),
    ])
    const choice = { learn: tokens.learn, chat: tokens.chat }
    const asked = { file: files[0]!, reading, index, mapping, length, tokenizer: dir, choice }
    return this.#thread.call('previewSource', asked, context)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#tokens?.close()
  }

  /** Tokenizers stay loaded in it. */
  get #thread(): Thread<TokensHandlers> {
    if (this.#closed) throw new StudioError('cancelled', 'The studio is ending.', 'Start it again.')
    if (this.#tokens?.alive !== true) this.#tokens = new Thread(tokensWorker)
    return this.#tokens
  }

  async #of({ place }: SheetHandle, { modelId, learn, chat }: Tokens): Promise<TokensOf> {
    const { dir } = await this.#parts.models.reference(modelId)
    return { path: place.path, tokenizer: dir, choice: { learn, chat } }
  }
}
