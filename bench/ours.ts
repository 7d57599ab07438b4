/** Worker of the benchmark: trains with our engine; speaks the lines of job.ts on standard input and output. */
import { createInterface } from 'node:readline'
import { jobSchema, type Ready, type TurnResult, turnSchema } from './job.ts'
import { openJob } from './open-job.ts'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const next = async (): Promise<unknown> => {
  const line = await lines.next()
  return line.done ? undefined : JSON.parse(line.value)
}
const answer = (message: Ready | TurnResult) => process.stdout.write(`${JSON.stringify(message)}\n`)

const job = jobSchema.parse(await next())
const { session, batches } = await openJob(job)
const labels = batches.reduce((sum, batch) => sum + batch.labelCount, 0)
let steps = 0

async function step(index: number): Promise<number> {
  const batch = batches[index % batches.length]!
  const { loss } = await session.step([batch], {
    step: ++steps,
    learningRate: job.learningRate,
    weightDecay: 0,
  })
  return loss
}

const firstLoss = await step(0)
await step(1)
answer({
  computesOn: job.device,
  stepsPerPass: batches.length,
  usefulTokens: labels,
  computedTokens: batches.reduce((sum, batch) => sum + batch.rows * batch.length, 0),
  firstLoss,
})

for (let message = await next(); message !== undefined; message = await next()) {
  const milliseconds: number[] = []
  let loss = 0
  for (let pass = 0; pass < turnSchema.parse(message).passes; pass++) {
    const start = performance.now()
    for (const [i, batch] of batches.entries()) {
      const mean = await step(i)
      if (pass === 0) loss += (mean * batch.labelCount) / labels
    }
    milliseconds.push(performance.now() - start)
  }
  answer({ milliseconds, loss, deviceMemory: null })
}
await session.dispose()
