/** A process for tests: the host of one endless counting job, printing the events it would show. */
import { fileURLToPath } from 'node:url'
import { openStore } from '../../store/open-store.ts'
import { queuedRun } from '../../store/testing/records.ts'
import { TrainerSupervisor } from '../trainer-supervisor.ts'

const store = openStore(process.argv[2] ?? '')
const jobModule = fileURLToPath(new URL('./counting-job.ts', import.meta.url))
const supervisor = new TrainerSupervisor(store, { jobModule })
const plan = { steps: 1_000_000, stepMs: 1 }
for await (const event of supervisor.runJob(queuedRun(store).id, plan, new AbortController().signal)) {
  console.log(JSON.stringify(event))
}
