/** The first screen, from a window. */
import { os } from '../rpc/os.ts'

export const homeRoutes = os.home.router({
  example: os.home.example.handler(({ context: { host } }) => host.home.example()),
  compareExample: os.home.compareExample.handler(async ({ context: { host } }) => {
    const { id, runIds } = await host.home.compare()
    return { comparisonId: id, runIds }
  }),
})
