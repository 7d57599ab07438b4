/** The keys of trained tensors in adapter files: Hugging Face PEFT's grammar and AdapterHub's. */
import type { AnyMethod } from './index.ts'

/** Key of a method's own tensor at a module. */
export function adapterKey(method: AnyMethod, module: string, key: string, adapterName: string): string {
  if (method.format.kind === 'adapterhub') return `${module}.${key.replace('{name}', adapterName)}`
  // Prompt-learning methods have one tensor for the whole model and no module in its name.
  if (method.sequence !== undefined || method.prefix !== undefined) return key
  return `base_model.model.${module}.${key}`
}

/** Key of a base parameter that is trained in place; inside an adapted layer PEFT calls the original `base_layer`. */
export function baseKey(method: AnyMethod, name: string, adapted: ReadonlySet<string>): string {
  if (method.format.kind === 'model') return name
  const dot = name.lastIndexOf('.')
  const [module, leaf] = [name.slice(0, dot), name.slice(dot + 1)]
  return `base_model.model.${module}${adapted.has(module) ? '.base_layer' : ''}.${leaf}`
}
