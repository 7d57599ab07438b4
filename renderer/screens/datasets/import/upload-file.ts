/** Gives a file to the host, which cannot see the person's disk. fetch tells nothing about how far an upload is; this does. */
import type { Failure } from '../../../api/failure.ts'

export interface Uploaded {
  readonly uploadId: string
  readonly path: string
  readonly bytes: number
}

class UploadFailed extends Error {
  readonly data: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.data = failure
  }
}

/**
 * @param told is given bytes sent and bytes in all
 * @throws UploadFailed; an AbortError when `signal` aborts: then nothing is left of it
 */
export function uploadFile(
  file: File,
  signal: AbortSignal,
  told: (done: number, total: number) => void,
): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/upload?name=${encodeURIComponent(file.name)}`)
    request.responseType = 'json'
    request.upload.addEventListener('progress', ({ loaded, total }) => told(loaded, total))
    request.addEventListener('load', () => {
      if (request.status === 200) resolve(request.response as Uploaded)
      else reject(new UploadFailed(failureIn(request.response, file)))
    })
    // A folder, or a file that was moved away, cannot be read either: the browser tells no more than that.
    request.addEventListener('error', () => reject(new UploadFailed(unreadable(file))))
    request.addEventListener('abort', () =>
      reject(new DOMException('The upload was cancelled.', 'AbortError')),
    )
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

function failureIn(answer: unknown, file: File): Failure {
  if (typeof answer !== 'object' || answer === null) return unreadable(file)
  return 'code' in answer && 'message' in answer && 'hint' in answer ? (answer as Failure) : unreadable(file)
}

function unreadable({ name }: File): Failure {
  return {
    code: 'upload',
    message: `${name} could not be given to the studio.`,
    hint: 'A browser tab can give single files, no folders. Check that the file is still there and that the studio is running.',
  }
}
