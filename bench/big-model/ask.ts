/** A worker process as the runner sees it: asked once, watched from outside. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { StudioError } from '../../engine/errors.ts'
import { processFlags } from '../../engine/train/process-flags.ts'
import { highWater, memoryOf } from '../memory.ts'
import { type Answer, answerSchema, type Question } from './question.ts'

/** Highest resident memory in bytes: private, of mapped files, both together; null where the system does not tell. */
export interface Peak {
  readonly anonymous: number
  readonly file: number
  readonly total: number
}

/** How often memory is looked at. */
const SAMPLE_MS = 20

/** Runs a worker to its end. @throws StudioError where it fails */
export async function ask(question: Question): Promise<{ answer: Answer; peak: Peak | null }> {
  const worker = join(import.meta.dirname, 'worker.ts')
  const child = spawn(process.execPath, [...processFlags, worker, JSON.stringify(question)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [text, anonymous, file, total] = ['', 0, 0, 0]
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const look = () => {
    const now = child.pid === undefined ? null : memoryOf(child.pid)
    if (now === null) return
    anonymous = Math.max(anonymous, now.anonymousBytes)
    file = Math.max(file, now.fileBytes)
    total = Math.max(total, highWater(child.pid!) ?? 0)
  }
  const timer = setInterval(look, SAMPLE_MS)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  if (code !== 0)
    throw new StudioError(
      'internal',
      `The worker with ${question.weights} weights ended with ${code}.`,
      'If memory ran out, leave float32 out of --weights; otherwise repair what it said.',
    )
  return {
    answer: answerSchema.parse(JSON.parse(text)),
    peak: total === 0 ? null : { anonymous, file, total },
  }
}
