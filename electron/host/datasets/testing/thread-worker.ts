/** A thread for tests of threads. */
import { StudioError } from '../../../../engine/errors.ts'
import { type Handlers, serve, type Task } from '../threads/serve.ts'

const handlers = {
  double: (n: number) => n * 2,

  /** Never waits, and asks whether it should go on. */
  work(rounds: number, task: Task) {
    for (let i = 0; i < rounds; i++) {
      task.check()
      task.progress({ done: i, total: rounds, unit: 'rounds' })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
    return rounds
  },

  /** Asks nothing, and never ends. */
  stuck() {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  },

  refuse() {
    throw new StudioError('bad-data', 'It does not fit.', 'Make it fit.')
  },

  fail() {
    throw new TypeError('a defect')
  },

  die() {
    process.exit(3)
  },
} satisfies Handlers

export type TestHandlers = typeof handlers

serve(handlers)
