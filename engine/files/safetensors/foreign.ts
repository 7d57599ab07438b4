/** Recognises what a file really is when it carries a safetensors name without being one. */

export interface ForeignFile {
  /** Completes "the file is …". */
  readonly what: string
  readonly hint: string
}

const PICKLE_HINT =
  'Pickle files can run any program when they are opened, so they are refused: ask for a safetensors version, or ' +
  'convert it where you trust the source (in Python: load it with torch.load(..., weights_only=True) and save it ' +
  'with safetensors.torch.save_file).'

const AGAIN = 'Download the file again.'

/**
 * What the first bytes of a broken safetensors file give away, or undefined.
 * Only to be asked once the header has been found invalid: a valid one may begin with the same bytes.
 */
export function recogniseForeign(start: Uint8Array): ForeignFile | undefined {
  const text = Buffer.from(start).toString('latin1')
  if (text.startsWith('version https://git-lfs')) {
    return {
      what: 'a Git LFS pointer, a short text that stands in for the real file',
      hint: 'Run "git lfs pull" in the folder it was cloned to, or download the file itself.',
    }
  }
  if (text.startsWith('PK\x03\x04')) {
    return { what: 'a zip archive, most likely a PyTorch pickle checkpoint', hint: PICKLE_HINT }
  }
  if (start[0] === 0x80 && start[1] !== undefined && start[1] >= 2 && start[1] <= 5) {
    return { what: 'a Python pickle, most likely an old PyTorch checkpoint', hint: PICKLE_HINT }
  }
  if (text.startsWith('GGUF')) {
    return {
      what: 'a GGUF file',
      hint: 'Choose the safetensors version of this model; GGUF cannot be trained here.',
    }
  }
  if (text.startsWith('\x89HDF')) {
    return {
      what: 'an HDF5 file (Keras or TensorFlow)',
      hint: 'Choose the safetensors version of this model.',
    }
  }
  if (/^\s*<(!doctype|html)/i.test(text)) {
    return { what: 'a web page, so the download did not deliver the file', hint: AGAIN }
  }
  if (start.length >= 64 && start.every((byte) => byte === 0)) {
    return {
      what: 'empty at its start (only zero bytes), so its download or copy did not finish',
      hint: AGAIN,
    }
  }
  return undefined
}
