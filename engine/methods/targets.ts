/** Which modules a method attaches to, by Hugging Face PEFT's rules (`target_modules` and its companions). */
import { z } from 'zod'
import { StudioError } from '../errors.ts'
import { nearNames } from '../files/near-names.ts'
import type { Site } from '../models/sites.ts'
import { custom } from './fields.ts'
import type { Method } from './method.ts'

/** `null` = the method's default for the model type, `"all-linear"`, a regular expression, or a list of names. */
export type TargetModules = string | readonly string[] | null
export type ModuleList = string | readonly string[] | null

const names = z.union([z.string(), z.array(z.string()), z.null()])

/** Fields of every method that attaches to named modules. */
export const targetFields = {
  target_modules: custom<TargetModules>({
    label: 'Modules',
    help: 'Where to attach: a list of module names, "all-linear", a regular expression on the whole name, or nothing for the usual ones.',
    default: null,
    schema: names,
    format: 'q_proj,v_proj',
    names: 'targets',
    none: 'the usual ones',
    words: { 'all-linear': 'every linear layer' },
    patterns: true,
  }),
  exclude_modules: custom<ModuleList>({
    label: 'Except modules',
    help: 'Modules to leave out, by the same rules; wins over the modules chosen.',
    default: null,
    schema: names,
    format: 'lm_head',
    names: 'targets',
    none: 'none',
    patterns: true,
    advanced: true,
  }),
  layers_to_transform: custom<number | readonly number[] | null>({
    label: 'Only layers',
    help: 'Numbers of the layers to attach to; nothing = all.',
    default: null,
    schema: z.union([z.number().int().min(0), z.array(z.number().int().min(0)), z.null()]),
    format: '0,1,2',
    names: 'layers',
    none: 'all layers',
    advanced: true,
  }),
  layers_pattern: custom<ModuleList>({
    label: 'Name of the layer list',
    help: 'The word before the layer number in module names, such as "layers" or "h".',
    default: null,
    schema: names,
    format: 'layers',
    none: 'found by itself',
    advanced: true,
  }),
  modules_to_save: custom<readonly string[] | null>({
    label: 'Modules trained in full',
    help: 'Modules of the base whose own weights are trained and saved with the adapter.',
    default: null,
    schema: z.union([z.array(z.string()), z.null()]),
    format: 'lm_head',
    names: 'modules',
    none: 'none',
    advanced: true,
  }),
}

export interface TargetConfig {
  readonly target_modules?: TargetModules
  readonly exclude_modules?: ModuleList
  readonly layers_to_transform?: number | readonly number[] | null
  readonly layers_pattern?: ModuleList
  readonly modules_to_save?: readonly string[] | null
}

/** Full match of a Python-style regular expression. @throws StudioError where it is not one */
export function fullMatch(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern.replaceAll('(?P<', '(?<')})$`, 'su').test(text)
  } catch {
    try {
      return new RegExp(`^(?:${pattern.replaceAll('(?P<', '(?<')})$`, 's').test(text)
    } catch {
      throw new StudioError(
        'bad-config',
        `"${pattern}" is not a regular expression.`,
        'Check its brackets and escapes.',
      )
    }
  }
}

function matches(list: ModuleList, module: string): boolean {
  if (list === null) return false
  if (typeof list === 'string') return fullMatch(list, module)
  return list.some((name) => module === name || module.endsWith(`.${name}`))
}

/** Whether a module, or one that it is part of, ends with one of the names (PEFT's bare suffix test). */
export function isSavedInFull(module: string, names: readonly string[] | null | undefined): boolean {
  if (!names || names.length === 0) return false
  const parts = module.split('.')
  return parts.some((_, i) => {
    const ancestor = parts.slice(0, i + 1).join('.')
    return names.some((name) => ancestor.endsWith(name))
  })
}

/** Number of the layer a module belongs to, as PEFT finds it. */
function layerNumber(module: string, patterns: ModuleList): number | undefined {
  const list = patterns === null ? [] : typeof patterns === 'string' ? [patterns] : patterns
  const found =
    list.length === 0
      ? /.*?[^.]*\.(\d+)\./.exec(module)
      : list.map((p) => new RegExp(`.*\\.?${p}\\.(\\d+)\\.`).exec(module)).find((m) => m !== null)
  return found?.[1] === undefined ? undefined : Number(found[1])
}

/**
 * Whether `target_modules` and its companions choose this site.
 * @param defaults names taken when `target_modules` is null
 */
export function isTarget(site: Site, config: TargetConfig, defaults: readonly string[] | undefined): boolean {
  const { module } = site
  if (isSavedInFull(module, config.modules_to_save)) return false
  if (matches(config.exclude_modules ?? null, module)) return false
  const targets = config.target_modules ?? defaults ?? null
  if (targets === 'all-linear') {
    if (site.kind !== 'linear' || site.isHead) return false
  } else if (!matches(targets, module)) return false
  if (config.layers_to_transform == null || typeof targets === 'string') return true
  if (targets?.includes(module)) return true
  const layers =
    typeof config.layers_to_transform === 'number' ? [config.layers_to_transform] : config.layers_to_transform
  const layer = layerNumber(module, config.layers_pattern ?? null)
  return layer !== undefined && layers.includes(layer)
}

/** The modules that `null` stands for, by the field that may be null. */
export function usualModules(
  method: Pick<Method, 'selects' | 'defaultTargets'>,
  modelType: string,
): Readonly<Record<string, readonly string[]>> {
  const usual = method.selects === 'targets' ? method.defaultTargets?.(modelType) : undefined
  return usual === undefined ? {} : { target_modules: usual }
}

/** Names in lists of modules that no module of the model answers to, with those that may have been meant. */
export function unmatchedNames(
  sites: readonly Site[],
  config: TargetConfig,
): { readonly field: string; readonly name: string; readonly near: readonly string[] }[] {
  const modules = [...new Set(sites.map((site) => site.module))]
  const lastParts = [...new Set(modules.map((module) => module.slice(module.lastIndexOf('.') + 1)))]
  const known = (field: string, name: string) =>
    field === 'modules_to_save'
      ? modules.some((module) => isSavedInFull(module, [name]))
      : modules.some((module) => matches([name], module))
  return (['target_modules', 'exclude_modules', 'modules_to_save'] as const).flatMap((field) => {
    const list = config[field]
    if (typeof list !== 'object' || list === null) return []
    return list
      .filter((name) => !known(field, name))
      .map((name) => ({ field, name, near: nearNames(name, lastParts) }))
  })
}

/** @throws StudioError where options exclude each other, as PEFT has it */
export function checkTargets(config: TargetConfig): void {
  if (typeof config.target_modules === 'string' && config.layers_to_transform != null)
    throw new StudioError(
      'bad-config',
      'layers_to_transform needs target_modules as a list of names.',
      'Name the layers in the regular expression, or list the modules.',
    )
  if (config.layers_pattern != null && config.layers_to_transform == null)
    throw new StudioError(
      'bad-config',
      'layers_pattern is given without layers_to_transform.',
      'Set layers_to_transform too.',
    )
}

/** The first entry of a rank or alpha pattern whose key matches the module, else the fallback. */
export function patternValue(
  patterns: Readonly<Record<string, number>>,
  module: string,
  fallback: number,
): number {
  const key = Object.keys(patterns).find((k) => fullMatch(`(.*\\.)?(${k})`, module))
  return key === undefined ? fallback : patterns[key]!
}

/** PEFT's default modules per model type (`utils/constants.py`). */
export const loraTargets: Readonly<Record<string, readonly string[]>> = {
  gpt2: ['c_attn'],
  llama: ['q_proj', 'v_proj'],
  mistral: ['q_proj', 'v_proj'],
  qwen2: ['q_proj', 'v_proj'],
  qwen3: ['q_proj', 'v_proj'],
}
