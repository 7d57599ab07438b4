/** The memory that a run may take where it is computed. */
import { type DeviceInfo, findDevice, listDevices, REFERENCE_DEVICE } from '../../../engine/runtimes/index.ts'
import { AUTOMATIC_DEVICE } from '../../../engine/train/plan-fields.ts'
import type { EstimateView } from '../../contract/methods.ts'
import type { DeviceChoice } from './device-choice.ts'

/**
 * Where the choice is free, that of the device with the most room: those that are too small are not taken.
 * @throws StudioError for a device that is unknown or not available
 */
export async function roomFor(
  devices: Pick<DeviceChoice, 'roomIn'>,
  asked: string,
): Promise<EstimateView['machine']> {
  const among =
    asked === AUTOMATIC_DEVICE
      ? (await listDevices()).filter(({ available }) => available)
      : [await findDevice(asked)]
  const rooms = among.map((device) => ({ ...devices.roomIn(device), place: placeOf(device) }))
  return rooms.reduce((most, room) => (room.bytes > most.bytes ? room : most))
}

const placeOf = ({ id, title }: DeviceInfo): string => (id === REFERENCE_DEVICE ? 'this machine' : title)
