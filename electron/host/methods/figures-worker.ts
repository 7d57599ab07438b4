/** The thread behind FiguresThread: answers one question after the other. */
import { parentPort } from 'node:worker_threads'
import { messageOf, StudioError } from '../../../engine/errors.ts'
import { figures } from './figures.ts'
import { type Answer, type Question, questionSchema } from './figures-thread.ts'

parentPort?.on('message', async (raw: unknown) => {
  const question = questionSchema.parse(raw)
  parentPort?.postMessage(await answer(question))
})

async function answer({ id, kind, input }: Question): Promise<Answer> {
  try {
    // Both ends are the same build: the question's type belongs to its kind.
    const work = figures[kind] as (input: unknown) => Promise<unknown>
    return { id, value: await work(input) }
  } catch (error) {
    if (error instanceof StudioError) {
      const { code, message, hint } = error
      return { id, failure: { code, message, hint } }
    }
    console.error(error)
    const hint = 'This is a defect of PEFT Studio; please report it with the log.'
    return { id, failure: { code: 'internal', message: messageOf(error), hint } }
  }
}
