/** Methods and training settings as a window draws them: nothing but what the engine declares. */

import { trainsAnything } from '../../../engine/methods/attach.ts'
import { describeField, describeMethod } from '../../../engine/methods/describe.ts'
import { findMethod, methods } from '../../../engine/methods/index.ts'
import { listDevices } from '../../../engine/runtimes/index.ts'
import { trainingDefaults } from '../../../engine/train/defaults.ts'
import type { GivenSettings } from '../../../engine/train/plan.ts'
import {
  AUTOMATIC_DEVICE,
  exampleFields,
  perMethodKeys,
  scoringKeys,
  type TrainingSettings,
  trainingFields,
} from '../../../engine/train/plan-fields.ts'
import type { FieldView } from '../../contract/fields.ts'
import type { MethodView } from '../../contract/methods.ts'

export function methodViews(): MethodView[] {
  return [...methods.values()].map((method) => {
    const { fields, ...rest } = describeMethod(method)
    return { ...rest, fields: fields.map((field) => ({ ...field, perMethod: true })) }
  })
}

/**
 * The training settings that mean something for a method, with the defaults that hold for a method and the settings made so far; without a method, those
 * that hold for none in particular.
 * @throws StudioError `bad-argument` for an unknown method
 */
export async function trainingFieldViews(
  name: string | undefined,
  { steps }: Pick<GivenSettings, 'steps'>,
): Promise<FieldView[]> {
  const method = name === undefined ? undefined : findMethod(name)
  // Other defaults follow from the steps that are set; that of the steps themselves does not.
  const defaults = method && { ...trainingDefaults(method, steps), steps: trainingDefaults(method).steps }
  const perMethod = new Set<string>(perMethodKeys)
  const scoring = new Set<string>([...scoringKeys, ...Object.keys(exampleFields)])
  const all = Object.entries(trainingFields)
  const asked = method === undefined || trainsAnything(method) ? all : all.filter(([key]) => scoring.has(key))
  const devices = await deviceOptions()
  return asked.map(([key, field]) => ({
    ...describeField(key, field, defaults?.[key as keyof TrainingSettings]),
    ...(field.type === 'text' && field.names === 'devices'
      ? { type: 'choice' as const, options: devices }
      : {}),
    perMethod: perMethod.has(key),
  }))
}

/** Those that can be had now, and the choice by speed. */
async function deviceOptions(): Promise<{ value: string; label: string }[]> {
  const available = (await listDevices()).filter((device) => device.available)
  return [
    { value: AUTOMATIC_DEVICE, label: 'the fastest, measured' },
    ...available.map(({ id, title }) => ({ value: id, label: title })),
  ]
}
