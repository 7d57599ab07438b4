/** What is about to be imported: a path or an upload (kept in the address, so that a reload keeps it), or text from the clipboard. */
import type { Source } from '../../../../electron/contract/datasets/source.ts'
import { type Failure, failureOf, isAbort } from '../../../api/failure.ts'
import { router } from '../../../state/router.svelte.ts'
import { uploadFile } from './upload-file.ts'

interface Upload {
  readonly name: string
  readonly done: number
  readonly total: number
}

class ImportSource {
  /** Text from the clipboard; lives as long as the window. */
  text = $state.raw<string>()
  /** A file on its way to the host. */
  uploading = $state.raw<Upload>()
  failure = $state.raw<Failure>()
  #abort = new AbortController()

  /** What the address says; undefined: nothing is chosen yet. */
  get chosen(): Source | undefined {
    const path = router.param('path')
    if (path !== undefined) return { kind: 'file', path }
    const uploadId = router.param('upload')
    if (uploadId !== undefined) return { kind: 'upload', uploadId }
    if (router.param('from') !== 'clipboard' || this.text === undefined) return undefined
    return { kind: 'text', text: this.text }
  }

  usePath(path: string): void {
    this.#choose({ path })
  }

  useText(text: string): void {
    this.text = text
    this.#choose({ from: 'clipboard' })
  }

  /** Files that were dropped or picked: one, by its path where the page may know it, else as an upload. */
  async useFiles(files: readonly File[]): Promise<void> {
    const [file] = files
    if (file === undefined) return
    if (files.length > 1) {
      this.#refuse(
        `${files.length} files were given at once.`,
        'Give one at a time. Files of one dataset can lie in a folder, named train… and validation…: choose the folder.',
      )
      return
    }
    const path = window.studio?.pathOf(file) ?? ''
    if (path !== '') this.usePath(path)
    else await this.#upload(file)
  }

  cancelUpload(): void {
    this.#abort.abort()
  }

  async #upload(file: File): Promise<void> {
    this.#abort.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.failure = undefined
    this.uploading = { name: file.name, done: 0, total: file.size }
    router.go('datasets/import')
    try {
      const { uploadId } = await uploadFile(file, abort.signal, (done, total) => {
        this.uploading = { name: file.name, done, total }
      })
      this.#choose({ upload: uploadId, file: file.name })
    } catch (error) {
      if (!isAbort(error)) this.failure = failureOf(error)
    } finally {
      if (this.#abort === abort) this.uploading = undefined
    }
  }

  #choose(params: Readonly<Record<string, string>>): void {
    this.failure = undefined
    router.go('datasets/import', params)
  }

  #refuse(message: string, hint: string): void {
    this.failure = { code: 'bad-argument', message, hint }
    router.go('datasets/import')
  }
}

export const importSource = new ImportSource()
