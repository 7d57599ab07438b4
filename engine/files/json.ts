/** Reads JSON files that other programs wrote, with an error that names the file and what is wrong with it. */

import { readFile, stat } from 'node:fs/promises'
import { diskError, StudioError } from '../errors.ts'

/** Far above any configuration or index; keeps a wrong file from filling the memory. */
const MAX_BYTES = 256 * 2 ** 20

/**
 * The bytes of a JSON file and the object they hold.
 * Throws StudioError 'not-found', 'disk', or 'bad-file' where the content is not a JSON object.
 */
export async function readJsonObject(
  path: string,
): Promise<{ bytes: Buffer; json: Record<string, unknown> }> {
  const bytes = await readBytes(path)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const pointer = bytes.subarray(0, 23).toString('latin1') === 'version https://git-lfs'
    throw new StudioError(
      'bad-file',
      pointer
        ? `Cannot read ${path}: it is a Git LFS pointer, a short text that stands in for the real file.`
        : `Cannot read ${path}: it is not valid JSON.`,
      pointer
        ? 'Run "git lfs pull" in the folder it was cloned to.'
        : 'Correct the file, or download it again.',
      { cause: error },
    )
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new StudioError(
      'bad-file',
      `Cannot read ${path}: it holds no JSON object.`,
      'Correct the file, or download it again.',
    )
  }
  return { bytes, json: json as Record<string, unknown> }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const there = await stat(path)
    if (!there.isFile() || there.size > MAX_BYTES) {
      const what = there.isFile()
        ? `its ${there.size} bytes are too many for a JSON file`
        : 'it is not a file'
      throw new StudioError('bad-file', `Cannot read ${path}: ${what}.`, 'Check that this is the right file.')
    }
    return await readFile(path)
  } catch (error) {
    throw diskError('read', path, error)
  }
}
