/** A run whose graphics card is lost under it (engine/testing/losing-driver), through a whole host and real trainers. */
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { NO_LOSING_DRIVER, useLosingDriver } from '../../../engine/testing/losing-driver/losing-driver.ts'
import { writeTinyModel } from '../../../engine/testing/tiny-model.ts'
import { temporaryFolder } from '../../store/testing/folders.ts'
import { openHost } from '../host.ts'

const driver = useLosingDriver()
afterAll(() => driver?.remove())

describe.skipIf(driver === undefined)(driver ? 'a lost graphics card' : NO_LOSING_DRIVER, () => {
  test('the run is interrupted, says why, keeps its checkpoint, and goes on on the processor', async () => {
    const host = await openHost({ shell: 'headless', dataDir: temporaryFolder() })
    onTestFinished(() => host.close())
    const model = await host.models.add(await writeTinyModel(join(temporaryFolder(), 'tiny')))
    const { id } = await host.runs.create({
      modelId: model.id,
      datasetVersionId: 'builtin:pirate@1',
      method: 'ia3',
      training: {
        ...{ steps: 12, batch: 8, length: 16, evaluateEvery: 0, checkpointEvery: 2, threads: 1 },
        device: 'webgpu',
      },
    })
    const run = () => host.runs.get(id)
    const poll = { timeout: 200_000, interval: 20 }
    await expect.poll(() => host.runs.checkpoints(id).length, poll).toBeGreaterThan(0)
    driver!.lose()
    await expect.poll(() => run().status, poll).toBe('interrupted')
    const kept = host.runs.checkpoints(id).at(-1)!.step
    expect(run().ending!.message).toMatch(
      /\(WebGPU.*was lost while a step was computed\..*The run was cut off after step \d/,
    )
    expect(host.runs.log(id, 0).at(-1)!.hint).toContain(`it goes on from step ${kept}`)

    await host.runs.resumeOn(id, 'cpu')
    await expect.poll(() => run().status, poll).toBe('completed')
    expect(run()).toMatchObject({ device: 'cpu', lastStep: 12 })
  }, 300_000)
})
