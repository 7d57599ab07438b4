/** Command: `node resources/generate/write-corpus.ts --documents N --seed S --out FILE.jsonl` writes {"text": …} rows. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { diskError, StudioError } from '../../engine/errors.ts'
import { corpus } from './corpus.ts'

const ROWS_PER_WRITE = 1000

/** Writes the documents row by row, so that memory stays small for any count. */
export function writeCorpus(path: string, seed: number, documents: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'w')
    let rows: string[] = []
    for (const text of corpus(seed, documents)) {
      rows.push(`${JSON.stringify({ text })}\n`)
      if (rows.length === ROWS_PER_WRITE) {
        writeSync(file, rows.join(''))
        rows = []
      }
    }
    writeSync(file, rows.join(''))
    closeSync(file)
  } catch (error) {
    throw diskError('write', path, error)
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '60000' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: '.cache/corpus.jsonl' },
    },
  })
  const [documents, seed] = [Number(values.documents), Number(values.seed)]
  if (!Number.isInteger(documents) || documents < 1 || !Number.isInteger(seed)) {
    throw new StudioError(
      'bad-argument',
      '--documents and --seed must be whole numbers.',
      'Try --documents 60000 --seed 1.',
    )
  }
  writeCorpus(values.out, seed, documents)
  console.log(`${documents} documents written to ${values.out}`)
}
