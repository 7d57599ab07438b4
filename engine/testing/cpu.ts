/** The reference device, opened for tests. */
import { openDevice, REFERENCE_DEVICE } from '../runtimes/index.ts'

export const cpu = await openDevice(REFERENCE_DEVICE)
