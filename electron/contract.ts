/**
 * Everything that crosses a process boundary: one contract, served over MessagePorts and over a WebSocket. The window
 * imports its types only. Failures carry `{ code, message, hint }` (contract/shared.ts) as their data.
 */
import type { ContractRouterClient } from '@orpc/contract'
import { compareContract } from './contract/compare.ts'
import { datasetsContract } from './contract/datasets.ts'
import { homeContract } from './contract/home.ts'
import { hubContract } from './contract/hub.ts'
import { jobsContract } from './contract/jobs.ts'
import { methodsContract } from './contract/methods.ts'
import { modelsContract } from './contract/models.ts'
import { runsContract } from './contract/runs.ts'
import { secretsContract } from './contract/secrets.ts'
import { shellContract } from './contract/shell.ts'
import { systemContract } from './contract/system.ts'

export const contract = {
  system: systemContract,
  shell: shellContract,
  secrets: secretsContract,
  jobs: jobsContract,
  datasets: datasetsContract,
  models: modelsContract,
  methods: methodsContract,
  hub: hubContract,
  home: homeContract,
  runs: runsContract,
  compare: compareContract,
}

/** What a window calls: `await client.system.info()`. */
export type StudioClient = ContractRouterClient<typeof contract>
