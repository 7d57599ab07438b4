/** What the options of a method say together with the model it is put on. */
import { StudioError } from '../../errors.ts'
import { attachesAt, trainsAnything } from '../../methods/attach.ts'
import type { AnyMethod } from '../../methods/index.ts'
import { unmatchedNames } from '../../methods/targets.ts'
import type { LoadedModel } from '../../models/load.ts'
import { drawModel } from '../drawing.ts'
import { checkLength, checkPlacement } from '../open-run.ts'
import type { TrainingSettings } from '../plan-fields.ts'
import { type Remark, refusal, unusual, type Values } from './remark.ts'

/** @param config complete */
export function remarksOnPlacement(loaded: LoadedModel, method: AnyMethod, config: Values): Remark[] {
  const { facts } = loaded.model
  const remarks: Remark[] = []
  for (const { field, name, near } of method.selects === 'targets'
    ? unmatchedNames(loaded.sites, config)
    : [])
    remarks.push(
      unusual(
        'method',
        field,
        `No module of this model is called "${name}".`,
        `Near to it: ${near.join(', ')}.`,
      ),
    )
  try {
    checkPlacement(loaded, method, config)
    const { groups, before, after, trainedTensors } = drawModel(loaded, method, config)
    if (trainedTensors === 0 && trainsAnything(method))
      remarks.push(
        refusal(
          'method',
          null,
          'With these options nothing of this model would be trained.',
          'Check the chosen modules against those of the model.',
        ),
      )
    const sites = [...before, ...groups.flatMap((g) => g.sites), ...after]
    const heavy = sites.filter(
      (site) =>
        site.kind === 'linear' &&
        site.trained.reduce((sum, t) => sum + (t.ofBase ? 0 : t.parameters), 0) > site.baseParameters &&
        site.baseParameters > 0,
    )
    if (heavy[0] !== undefined)
      remarks.push(
        unusual(
          'method',
          null,
          `At ${heavy[0].name} the method trains more numbers than the weight itself has.`,
          'Make it smaller, or train that module in full.',
        ),
      )
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    remarks.push(refusal('method', null, error.message, error.hint))
    return remarks
  }
  const sites = loaded.sites.filter((site) => attachesAt(method, config, site, facts.modelType))
  for (const { field, message, hint, suggestion } of method.unusual?.(config, { facts, sites }) ?? [])
    remarks.push(unusual('method', field, message, hint, suggestion))
  return remarks
}

/** What rows, virtual tokens and the model's context say together. */
export function remarksOnLength(
  loaded: LoadedModel,
  method: AnyMethod,
  config: Values,
  training: TrainingSettings,
): Remark[] {
  const { length } = training
  const virtual = method.virtualTokens?.(config) ?? 0
  const remarks: Remark[] = []
  try {
    checkLength(length, loaded)
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    const { contextLength } = loaded.model.facts
    remarks.push({ ...refusal('training', 'length', error.message, error.hint), suggestion: contextLength })
  }
  if (virtual >= length)
    remarks.push(
      refusal(
        'training',
        'length',
        `${virtual} virtual tokens leave no room for text in rows of ${length}.`,
        'Choose longer rows or fewer virtual tokens.',
      ),
    )
  else if (virtual > length / 2)
    remarks.push(
      unusual(
        'training',
        'length',
        `${virtual} of ${length} tokens of an example are virtual: most of the time is spent on them.`,
        'Choose longer rows or fewer virtual tokens.',
      ),
    )
  return remarks
}
