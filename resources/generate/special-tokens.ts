/** The special tokens of the built-in tokenizer, in the order of their ids. */

/** Ends a document and an answer; also the beginning-of-sequence token of the configuration. */
export const END = '<|endoftext|>'
export const PAD = '<|pad|>'
export const SYSTEM = '<|system|>'
export const USER = '<|user|>'
export const ASSISTANT = '<|assistant|>'

export const SPECIAL_TOKENS: readonly string[] = [END, PAD, SYSTEM, USER, ASSISTANT]
