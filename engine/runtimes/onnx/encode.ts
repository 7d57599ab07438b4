/** Writes a graph as an ONNX model whose frozen weights point into the user's own files. */
import { dirname, relative } from 'node:path'
import onnxProto from 'onnx-proto'
import { StudioError } from '../../errors.ts'
import { arrangedWeights } from '../../graph/arranged-weights.ts'
import { type Graph, reach, resultsOf } from '../../graph/graph.ts'
import type { HostTensor } from '../../graph/host-tensor.ts'
import { type Attribute, onnxForm } from '../../graph/op.ts'
import { isRestored } from '../../graph/restored.ts'
import { describe, type Node, type TensorType, type Value } from '../../graph/value.ts'
import { onnxTypes } from '../../ops/cast.ts'
import { IR_VERSION, OPSET } from './versions.ts'

const { onnx } = onnxProto

export interface EncodedModel {
  readonly bytes: Uint8Array
  /** Folder that external weight locations are relative to; undefined when nothing is mapped. */
  readonly folder: string | undefined
  readonly inputs: ReadonlyMap<string, TensorType>
  readonly states: ReadonlyMap<string, TensorType>
  readonly outputs: readonly string[]
  /** Whether weights become float32 only where they are read. */
  readonly restoresWeights: boolean
  /** Graph output name by state name. */
  readonly updates: ReadonlyMap<string, string>
}

export interface EncodeOptions {
  /**
   * Keeps the runtime from rearranging weights that `arrangedWeights` does not name: they are declared as initialisers that a
   * caller could override, which ONNX Runtime therefore reads in place, straight from the mapped file.
   */
  readonly mapWeights?: boolean
}

/** @throws StudioError('unsupported') naming the operator that this runtime cannot execute */
export function encode(graph: Graph, options: EncodeOptions = {}): EncodedModel {
  const { nodes, leaves } = reach(resultsOf(graph))
  const folder = commonFolder(leaves)
  const names = new Map<number, string>()
  const inputs = new Map<string, TensorType>()
  const states = new Map<string, TensorType>()
  const initializer: onnxProto.onnx.ITensorProto[] = []

  for (const leaf of leaves) {
    const source = leaf.source
    if (source.kind === 'constant') {
      names.set(leaf.id, `constant_${leaf.id}`)
      initializer.push(inlineTensor(`constant_${leaf.id}`, source.tensor))
    } else if (source.kind === 'weight') {
      names.set(leaf.id, `weight_${leaf.id}`)
      initializer.push(externalTensor(`weight_${leaf.id}`, leaf, folder!))
    } else if (source.kind !== 'result') {
      const target = source.kind === 'input' ? inputs : states
      const known = target.get(source.name)
      if (known) throw new StudioError('internal', `Two leaves are called ${source.name}.`, 'Report this.')
      target.set(source.name, leaf)
      names.set(leaf.id, `${source.kind}:${source.name}`)
    }
  }

  const overridable: onnxProto.onnx.IValueInfoProto[] = []
  const mapped = new Map<string, string>()
  const isArranged = arrangedWeights(nodes)
  /** Name of an operand at a node: what is not worth rearranging is read through a view of its own. */
  const operandName = (node: Node, value: Value): string => {
    const inPlace = value.source.kind === 'weight' && !isArranged(node, value)
    if (!options.mapWeights || !inPlace) return names.get(value.id)!
    const known = mapped.get(viewKey(value))
    if (known !== undefined) return known
    const name = `mapped_${value.id}`
    mapped.set(viewKey(value), name)
    initializer.push(externalTensor(name, value, folder!))
    overridable.push(valueInfo(name, value))
    return name
  }
  // ONNX Runtime executes what depends on nothing the later, the earlier it is listed: a weight is restored right before its use.
  const [restoring, others] = [true, false].map((wanted) =>
    nodes.filter((node) => node.outputs.some(isRestored) === wanted),
  ) as [Node[], Node[]]
  const body = [...restoring, ...others].map((node) => encodeNode(node, names, operandName))
  const outputs: onnxProto.onnx.IValueInfoProto[] = []
  const expose = (name: string, value: Value) => {
    body.push(onnx.NodeProto.create({ opType: 'Identity', input: [names.get(value.id)!], output: [name] }))
    outputs.push(valueInfo(name, value))
  }
  for (const [name, value] of Object.entries(graph.outputs)) expose(`output:${name}`, value)
  const updates = new Map<string, string>()
  for (const { state, value } of graph.updates) {
    if (state.source.kind !== 'state')
      throw new StudioError('internal', 'Only states can be updated.', 'Report this.')
    expose(`update:${state.source.name}`, value)
    updates.set(state.source.name, `update:${state.source.name}`)
  }

  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'peft-studio',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'step',
      node: body,
      initializer,
      input: [
        ...[...inputs].map(([name, type]) => valueInfo(`input:${name}`, type)),
        ...[...states].map(([name, type]) => valueInfo(`state:${name}`, type)),
        ...overridable,
      ],
      output: outputs,
    },
  })
  return {
    bytes: onnx.ModelProto.encode(model).finish(),
    folder,
    inputs,
    states,
    outputs: Object.keys(graph.outputs),
    restoresWeights: restoring.length > 0,
    updates,
  }
}

function encodeNode(
  node: Node,
  names: Map<number, string>,
  operandName: (node: Node, value: Value) => string,
): onnxProto.onnx.INodeProto {
  const form = onnxForm(node.op)
  if (form === 'unsupported')
    throw new StudioError(
      'unsupported',
      `The operator ${node.op.name} has no form on ONNX Runtime (${node.outputs.map(describe).join(', ')}).`,
      'Choose another device or method.',
    )
  for (const [i, value] of node.outputs.entries()) names.set(value.id, `v${node.id}_${i}`)
  return onnx.NodeProto.create({
    name: `${node.scope}/${node.op.name}_${node.id}`,
    opType: node.op.name,
    domain: form === 'native' ? '' : form.domain,
    input: node.inputs.map((value) => (value ? operandName(node, value) : '')),
    output: node.outputs.map((value) => names.get(value.id)!),
    attribute: Object.entries(node.attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [encodeAttribute(name, value)],
    ),
  })
}

function encodeAttribute(name: string, value: Attribute): onnxProto.onnx.IAttributeProto {
  const { AttributeType } = onnx.AttributeProto
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value }
  if (typeof value === 'string')
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) }
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float }
  return { name, type: AttributeType.INTS, ints: [...value] }
}

function valueInfo(name: string, { dtype, shape }: TensorType): onnxProto.onnx.IValueInfoProto {
  return {
    name,
    type: { tensorType: { elemType: onnxTypes[dtype], shape: { dim: shape.map((n) => ({ dimValue: n })) } } },
  }
}

function inlineTensor(name: string, { dtype, shape, data }: HostTensor): onnxProto.onnx.ITensorProto {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { name, dataType: onnxTypes[dtype], dims: [...shape], rawData }
}

function externalTensor(name: string, leaf: Value, folder: string): onnxProto.onnx.ITensorProto {
  if (leaf.source.kind !== 'weight') throw new Error('not a weight')
  const { path, offset, bytes } = leaf.source.region
  return {
    name,
    dataType: onnxTypes[leaf.dtype],
    dims: [...leaf.shape],
    dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: relative(folder, path) },
      { key: 'offset', value: String(offset) },
      { key: 'length', value: String(bytes) },
    ],
  }
}

/** Leaves that show the same bytes in the same way share a view. */
function viewKey({ source, dtype, shape }: Value): string {
  if (source.kind !== 'weight') throw new Error('not a weight')
  return `${source.region.path} ${source.region.offset} ${dtype} ${shape}`
}

/** The deepest folder that holds every mapped file; locations must not climb out of it. */
function commonFolder(leaves: readonly Value[]): string | undefined {
  const folders = leaves.flatMap((leaf) =>
    leaf.source.kind === 'weight' ? [dirname(leaf.source.region.path)] : [],
  )
  let common = folders[0]
  for (const folder of folders) {
    while (common !== undefined && relative(common, folder).startsWith('..')) common = dirname(common)
  }
  return common
}
