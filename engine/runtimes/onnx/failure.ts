/** Puts what ONNX Runtime throws into words: which of the things that happen to devices it is, and what helps. */
import { messageOf, StudioError } from '../../errors.ts'

/** `memory`: something did not fit. `lost`: the device is gone for this process. */
export type FailureKind = 'memory' | 'lost' | 'other'

const LOST =
  /device\b\W{0,3}((was|is) )?(lost|destroyed|removed)|DEVICE_LOST|DEVICE_REMOVED|DEVICE_HUNG|887A000[567]/i

/** The last four are what Dawn and ONNX Runtime say of a buffer that could not be made. */
const MEMORY =
  /out of (device |host )?memory|OUT_OF_(DEVICE_|HOST_)?MEMORY|E_OUTOFMEMORY|8007000E|bad_alloc|failed to allocate|exceeds the max buffer size|invalid due to a previous error|too many storage buffers|narrowing_error/i

export function failureKind(error: unknown): FailureKind {
  const message = messageOf(error)
  if (LOST.test(message)) return 'lost'
  return MEMORY.test(message) ? 'memory' : 'other'
}

/**
 * @param title of the device
 * @param doing what failed, as `compiling the step`
 */
export function deviceError(title: string, doing: string, error: unknown): StudioError {
  if (error instanceof StudioError) return error
  const said = messageOf(error).trim()
  const [what, hint] = {
    lost: [
      `${title} was lost while ${doing}.`,
      'Its driver was restarted or the device was removed. Resume the run; if it happens again, update the driver or choose another device.',
    ],
    memory: [
      `${title} ran out of memory while ${doing}.`,
      'Use the low-memory profile, fewer rows, a shorter length or a base in fewer bits, close other programs that use the device, or choose another device.',
    ],
    other: [
      `${title} failed while ${doing}.`,
      'Choose another device; if this one should work, report this with what it said.',
    ],
  }[failureKind(error)] as [string, string]
  return new StudioError('device', `${what} ONNX Runtime says: ${said}`, hint, { cause: error })
}
