/** What a process sees whose graphics card is lost: the driver itself says so (engine/testing/losing-driver). */
import { afterAll, describe, expect, test } from 'vitest'
import { goldenTraining, losses, openGoldenSession } from '../../../testing/golden-training.ts'
import { NO_LOSING_DRIVER, useLosingDriver } from '../../../testing/losing-driver/losing-driver.ts'
import { openWebgpu } from '../../../testing/webgpu.ts'

const driver = useLosingDriver()
afterAll(() => driver?.remove())

describe.skipIf(driver === undefined)(driver ? 'a lost graphics card' : NO_LOSING_DRIVER, () => {
  test('is reported by every call, nothing is read from it, and letting it go does no harm', async () => {
    const device = (await openWebgpu())!
    const of = await goldenTraining('llama', 'ia3')
    const session = await openGoldenSession(device, of)
    expect((await losses(session, of.batch, 1, 2)).every(Number.isFinite)).toBe(true)

    driver!.lose()
    for (const use of [
      () => losses(session, of.batch, 3, 3),
      () => losses(session, of.batch, 3, 3),
      () => session.snapshot(),
      () => session.evaluate(of.batch),
    ])
      await expect(use()).rejects.toMatchObject({
        code: 'device',
        message: expect.stringMatching(/was lost while/),
        hint: expect.stringContaining('Resume the run'),
      })

    // This process has lost it for good.
    driver!.bringBack()
    await expect(losses(session, of.batch, 3, 3)).rejects.toMatchObject({ code: 'device' })
    await session.dispose()
    expect(device.buffers).toBe(0)
  })
})
