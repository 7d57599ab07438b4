/** A process for tests: opens the store of the folder it is given, writes steps of a new run and says which. */
import { openStore } from '../open-store.ts'
import { queuedRun, stepMetrics } from './records.ts'

const store = openStore(process.argv[2] ?? '')
const run = queuedRun(store)
store.runs.start(run.id)
console.log(run.id)
for (let step = 1; ; step++) {
  store.metrics.addStep(run.id, stepMetrics(step))
  console.log(step)
  await new Promise(setImmediate)
}
