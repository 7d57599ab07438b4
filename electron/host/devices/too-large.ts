/** What is said of a run that does not fit: its parts, and what would fit. */
import type { MemoryOption } from '../../../engine/train/memory-options.ts'
import type { EstimateView } from '../../contract/methods.ts'
import type { Failure } from '../../contract/shared.ts'
import { sizeWords } from './words.ts'

/** Parts smaller than this share of the total are not worth naming. */
const SMALL = 0.02

/**
 * The options that would fit, each with the total it comes to; where none does, all of them, so that a person sees how far
 * each goes.
 * @param options what would need less (engine/train/memory-options.ts)
 */
export function tooLarge(
  { parts, totalBytes, machine }: EstimateView,
  options: readonly MemoryOption[],
): Failure {
  const { bytes: room, limited, place } = machine
  const large = [...parts].sort((a, b) => b.bytes - a.bytes).filter(({ bytes }) => bytes > SMALL * totalBytes)
  const named = large.map(({ label, bytes }) => `${label.toLowerCase()} ${sizeWords(bytes)}`).join(', ')
  const has = limited ? 'the limit in the settings is' : `${place} has`
  const told = (some: readonly MemoryOption[]) =>
    some.map(({ words, totalBytes: bytes }) => `${words} (${sizeWords(bytes)})`).join(', ')
  const fitting = options.filter(({ totalBytes: bytes }) => bytes <= room)
  const remedy =
    fitting.length > 0
      ? `These would fit: ${told(fitting)}.`
      : options.length > 0
        ? `None of these is enough: ${told(options)}. Choose a smaller model.`
        : 'Choose a smaller model.'
  return {
    code: 'device',
    message: `The run needs about ${sizeWords(totalBytes)} of memory (${named}); ${has} ${sizeWords(room)}.`,
    hint: limited ? `${remedy} Or raise the limit in the settings.` : remedy,
  }
}
