/** What an operator is: one entry holds its ONNX name, shape rule, gradient, lowering per runtime and test samples. */
import type { TensorflowLowering } from '../runtimes/tensorflow/lowering.ts'
import type { HostTensor } from './host-tensor.ts'
import type { Node, TensorType, Value } from './value.ts'

/** ONNX attributes, in ONNX spelling. */
export type Attribute = number | string | readonly number[] | { readonly float: number }
export type Attributes = Readonly<Record<string, Attribute | undefined>>

export interface GradientArguments<A extends Attributes = Attributes> {
  readonly node: Node
  readonly attributes: A
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  /** Gradient of the loss with respect to each output; undefined = zero. */
  readonly gradients: readonly (Value | undefined)[]
  /** Which inputs lead to something that is trained; the rest may be left out of the answer. */
  readonly needs: readonly boolean[]
}

/** Gradient with respect to each input, as nodes of the same graph. */
export interface GradientRule<A extends Attributes = Attributes> {
  rule(args: GradientArguments<A>): readonly (Value | undefined)[]
}

/**
 * The form in which ONNX Runtime knows an operator. `native`: by the same name and meaning.
 * `unsupported`: using it is an error when the graph is compiled, never in the middle of a run.
 */
export type OnnxForm = 'native' | { readonly domain: string } | 'unsupported'

/** Execution providers of ONNX Runtime that lack operators which its own processor code has. */
export type LackingProvider = 'webgpu'

/** A node's results said in other operators of the registry; undefined = the node stays as it is. */
export type Composition = (node: Node) => readonly Value[] | undefined

/** How ONNX Runtime executes an operator; a provider without it computes what `composed` makes of it. */
export type OnnxLowering =
  | OnnxForm
  | { readonly form: OnnxForm; readonly composed: Readonly<Record<LackingProvider, Composition>> }

/** One call of an operator for the test that loops over the registry. */
export interface Sample<A extends Attributes = Attributes> {
  readonly inputs: readonly (HostTensor | undefined)[]
  readonly attributes: A
}

export interface Op<A extends Attributes = Attributes> {
  /** ONNX operator name: the ONNX specification of that name is the definition. */
  readonly name: string
  /** Shape and type rule; throws a plain Error naming the operands that do not fit. */
  infer(inputs: readonly (Value | undefined)[], attributes: A): readonly TensorType[]
  /** `none` says on purpose that no gradient flows through this operator. */
  readonly gradient: GradientRule<A>['rule'] | 'none'
  /** Float operands that no gradient may ever be asked for (angles, tables). */
  readonly fixedInputs?: readonly number[]
  readonly lowering: { readonly onnx: OnnxLowering; readonly tensorflow: TensorflowLowering<A> }
  /** Calls with inputs whose values are safe for finite differences. */
  readonly samples: () => readonly Sample<A>[]
}

/** Declares an operator; a forgotten rule is a compile error. */
export function defineOp<A extends Attributes>(op: Op<A>): Op<A> {
  return op
}

export function onnxForm({ lowering: { onnx } }: Op): OnnxForm {
  return typeof onnx === 'object' && 'form' in onnx ? onnx.form : onnx
}

/** What a provider computes in place of the operator; undefined where it has the operator itself. */
export function compositionOn(
  { lowering: { onnx } }: Op,
  provider: LackingProvider,
): Composition | undefined {
  return typeof onnx === 'object' && 'composed' in onnx ? onnx.composed[provider] : undefined
}
