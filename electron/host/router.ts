/** The router behind the contract, the same for every shell. */
import { compareRoutes } from './compare/routes.ts'
import { datasetsRoutes } from './datasets/routes.ts'
import { homeRoutes } from './home/routes.ts'
import { hubRoutes } from './hub/routes.ts'
import { jobsRoutes } from './jobs-routes.ts'
import { methodsRoutes } from './methods/routes.ts'
import { modelsRoutes } from './models/routes.ts'
import { os } from './rpc/os.ts'
import { runsRoutes } from './runs/routes.ts'
import { secretsRoutes } from './secrets/routes.ts'
import { shellRoutes } from './shell/routes.ts'
import { systemRoutes } from './system/routes.ts'

export const router = os.router({
  system: systemRoutes,
  shell: shellRoutes,
  secrets: secretsRoutes,
  jobs: jobsRoutes,
  datasets: datasetsRoutes,
  models: modelsRoutes,
  methods: methodsRoutes,
  hub: hubRoutes,
  home: homeRoutes,
  runs: runsRoutes,
  compare: compareRoutes,
})
