/** The one error type that people see: what happened, why, and what to do about it. */

/** Stable, machine-readable causes; the command line and the window choose icons and exits by them. */
export type ErrorCode =
  | 'bad-file'
  | 'bad-config'
  | 'bad-data'
  | 'bad-argument'
  | 'bad-model'
  | 'bad-adapter'
  | 'unsupported'
  | 'not-found'
  | 'exists'
  | 'disk'
  | 'device'
  | 'diverged'
  | 'cancelled'
  | 'locked'
  | 'conflict'
  | 'network'
  | 'forbidden'
  | 'internal'

/**
 * @param code    cause, for programs
 * @param message what happened and why, for people
 * @param hint    what the person can do now
 */
export class StudioError extends Error {
  override readonly name = 'StudioError'
  readonly code: ErrorCode
  readonly hint: string

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Turns a file-system failure (full disk, read-only folder, missing file) into a StudioError that says what to do. */
export function diskError(action: string, path: string, error: unknown): StudioError {
  if (error instanceof StudioError) return error
  const code = (error as { readonly code?: string }).code
  const reasons: Record<string, [string, string]> = {
    ENOSPC: ['the disk is full', 'Free some space and try again; nothing that was there has changed.'],
    EACCES: ['permission was denied', 'Choose a folder you may write to, or change its permissions.'],
    EPERM: ['permission was denied', 'Choose a folder you may write to, or change its permissions.'],
    EROFS: ['the folder is read-only', 'Choose a folder you may write to.'],
    ENOENT: ['the file or folder does not exist', 'Check the path for typing mistakes.'],
    EISDIR: ['it is a folder, not a file', 'Give the path of a file.'],
    ENOTDIR: ['a part of the path is not a folder', 'Check the path for typing mistakes.'],
  }
  const [why, hint] = reasons[code ?? ''] ?? [messageOf(error), 'Check the path and try again.']
  const kind = code === 'ENOENT' ? 'not-found' : 'disk'
  return new StudioError(kind, `Cannot ${action} ${path}: ${why}.`, hint, { cause: error })
}
