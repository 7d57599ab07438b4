/** Trains the built-in tokenizer on a sample of the corpus and all datasets; the result depends on nothing else. */
import { corpus } from './corpus.ts'
import { buildSplits } from './datasets/dataset.ts'
import { DATASETS } from './datasets/index.ts'
import { VOCABULARY } from './model-files.ts'
import { SPECIAL_TOKENS } from './special-tokens.ts'
import { type Bpe, trainBpe } from './train-bpe.ts'

const SAMPLE_SEED = 7
const SAMPLE_DOCUMENTS = 15_000

/** A vocabulary of 1 536 entries, special tokens included. */
export function trainTokenizer(): Bpe {
  return trainBpe(sample(), VOCABULARY - SPECIAL_TOKENS.length)
}

function* sample(): Generator<string> {
  const special = new RegExp(SPECIAL_TOKENS.map((token) => token.replaceAll('|', '\\|')).join('|'))
  for (const text of corpus(SAMPLE_SEED, SAMPLE_DOCUMENTS)) yield* text.split(special)
  for (const dataset of DATASETS) {
    for (const { prompt, completion } of buildSplits(dataset).train) yield* [prompt, completion]
  }
}
