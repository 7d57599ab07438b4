/** Runs a parsed template with Python's semantics and notes where `{% generation %}` blocks stand in the output. */
import { Arguments } from './arguments.ts'
import { filter } from './filters.ts'
import type { Call, CallBlock, Expression, For, Identifier, Macro, Parameter, Statement } from './library.ts'
import { attribute, item, slice } from './members.ts'
import { arithmetic, comparison, comparisons, negative } from './operators.ts'
import { str } from './printing.ts'
import { loopInfo, Scope } from './scope.ts'
import { templateTest } from './template-tests.ts'
import {
  Attributes,
  type Callable,
  float,
  iterate,
  PyTuple,
  TemplateError,
  truthy,
  typeName,
  Undefined,
  type Value,
} from './values.ts'

/** Text being written; only the template's own output counts generation blocks. */
interface Output {
  text: string
  readonly spans: [number, number][] | null
}

/** How a block ended. */
type Flow = 'next' | 'break' | 'continue'

export interface Rendered {
  readonly text: string
  /** [start, end) of the generation blocks in UTF-16 units. */
  readonly spans: readonly (readonly [number, number])[]
}

/** @throws TemplateError for everything Python's jinja would refuse as well */
export function runTemplate(program: readonly Statement[], variables: ReadonlyMap<string, Value>): Rendered {
  const scope = new Scope(null)
  for (const [name, value] of variables) scope.set(name, value)
  const spans: [number, number][] = []
  const output: Output = { text: '', spans }
  runBlock(program, new Scope(scope), output)
  return { text: output.text, spans }
}

function runBlock(statements: readonly Statement[], scope: Scope, output: Output): Flow {
  for (const statement of statements) {
    const flow = run(statement, scope, output)
    if (flow !== 'next') return flow
  }
  return 'next'
}

/** The text of a block by itself. */
function capture(statements: readonly Statement[], scope: Scope): string {
  const output: Output = { text: '', spans: null }
  runBlock(statements, scope, output)
  return output.text
}

function run(statement: Statement, scope: Scope, output: Output): Flow {
  switch (statement.type) {
    case 'If':
      return runBlock(
        truthy(evaluate(statement.test, scope)) ? statement.body : statement.alternate,
        scope,
        output,
      )
    case 'For':
      return runFor(statement, scope, output)
    case 'Set':
      assign(
        statement.assignee,
        statement.value === null
          ? capture(statement.body, new Scope(scope))
          : evaluate(statement.value, scope),
        scope,
      )
      return 'next'
    case 'Macro':
      scope.set(statement.name.value, macro(statement, scope))
      return 'next'
    case 'CallStatement':
      output.text += str(callWithBlock(statement, scope))
      return 'next'
    case 'FilterStatement':
      return runFilter(statement, scope, output)
    case 'Break':
      return 'break'
    case 'Continue':
      return 'continue'
    case 'Comment':
      return 'next'
    default:
      output.text += str(evaluate(statement, scope))
      return 'next'
  }
}

function runFilter(statement: Statement & { type: 'FilterStatement' }, scope: Scope, output: Output): Flow {
  if (statement.filter.type === 'Identifier' && statement.filter.value === 'generation') {
    const start = output.text.length
    const flow = runBlock(statement.body, new Scope(scope), output)
    output.spans?.push([start, output.text.length])
    return flow
  }
  output.text += str(applyFilter(capture(statement.body, new Scope(scope)), statement.filter, scope))
  return 'next'
}

function runFor(statement: For, scope: Scope, output: Output): Flow {
  const { iterable } = statement
  const bind = (value: Value): Scope => {
    const inner = new Scope(scope)
    assign(statement.loopvar, value, inner)
    return inner
  }
  let items = iterate(evaluate(iterable.type === 'SelectExpression' ? iterable.lhs : iterable, scope))
  if (iterable.type === 'SelectExpression') {
    items = items.filter((value) => truthy(evaluate(iterable.test, bind(value))))
  }
  if (items.length === 0) return runBlock(statement.defaultBlock, new Scope(scope), output)
  for (const [i, value] of items.entries()) {
    const inner = bind(value)
    inner.set('loop', loopInfo(items, i))
    if (runBlock(statement.body, inner, output) === 'break') break
  }
  return 'next'
}

function assign(target: Expression, value: Value, scope: Scope): void {
  if (target.type === 'Identifier') {
    scope.set(target.value, value)
  } else if (target.type === 'TupleLiteral') {
    const items = iterate(value)
    if (items.length !== target.value.length) {
      throw new TemplateError(`${items.length} values cannot be unpacked into ${target.value.length} names`)
    }
    for (const [i, part] of target.value.entries()) assign(part, items[i]!, scope)
  } else if (
    target.type === 'MemberExpression' &&
    !target.computed &&
    target.property.type === 'Identifier'
  ) {
    const object = evaluate(target.object, scope)
    if (!(object instanceof Attributes))
      throw new TemplateError('cannot assign attribute on non-namespace object')
    object.map.set(target.property.value, value)
  } else {
    throw new TemplateError('this cannot be assigned to')
  }
}

function macro({ name, args: parameters, body }: Macro, scope: Scope): Callable {
  return (args, kwargs) =>
    capture(body, bindParameters(`macro '${name.value}'`, parameters, args, kwargs, scope))
}

function callWithBlock({ call, callerArgs, body }: CallBlock, scope: Scope): Value {
  const caller: Callable = (args, kwargs) =>
    capture(body, bindParameters('the call block', callerArgs ?? [], args, kwargs, scope))
  const { list, named } = evaluateArguments(call.args, scope)
  const target = evaluate(call.callee, scope)
  if (typeof target !== 'function') throw new TemplateError(`'${typeName(target)}' object is not callable`)
  return target(list, new Map([...named, ['caller', caller]]))
}

function bindParameters(
  what: string,
  parameters: readonly Parameter[],
  args: readonly Value[],
  kwargs: ReadonlyMap<string, Value>,
  definition: Scope,
): Scope {
  const scope = new Scope(definition)
  const rest = new Map(kwargs)
  const caller = rest.get('caller')
  if (caller !== undefined) scope.set('caller', caller)
  rest.delete('caller')
  for (const [i, parameter] of parameters.entries()) {
    const name = parameter.type === 'Identifier' ? parameter.value : parameter.key.value
    const given = i < args.length ? args[i] : rest.get(name)
    rest.delete(name)
    if (given !== undefined) scope.set(name, given)
    else if (parameter.type === 'Identifier')
      scope.set(name, new Undefined(`parameter '${name}' was not provided`))
    else scope.set(name, evaluate(parameter.value, scope))
  }
  scope.set('varargs', new PyTuple(args.slice(parameters.length)))
  scope.set('kwargs', new Map(rest))
  if (args.length > parameters.length && parameters.length > 0 && rest.size > 0) {
    throw new TemplateError(`${what} takes not more than ${parameters.length} argument(s)`)
  }
  return scope
}

function evaluate(node: Expression, scope: Scope): Value {
  switch (node.type) {
    case 'IntegerLiteral':
    case 'StringLiteral':
      return node.value
    case 'FloatLiteral':
      return float(node.value)
    case 'Identifier':
      return scope.get(node.value)
    case 'ArrayLiteral':
      return node.value.map((part) => evaluate(part, scope))
    case 'TupleLiteral':
      return new PyTuple(node.value.map((part) => evaluate(part, scope)))
    case 'ObjectLiteral':
      return new Map([...node.value].map(([key, value]) => [evaluate(key, scope), evaluate(value, scope)]))
    case 'MemberExpression':
      return evaluateMember(node, scope)
    case 'CallExpression':
      return evaluateCall(node, scope)
    case 'BinaryExpression':
      return evaluateBinary(node, scope)
    case 'UnaryExpression': {
      const value = evaluate(node.argument, scope)
      if (node.operator.value === 'not') return !truthy(value)
      return node.operator.value === '-' ? negative(value) : negative(negative(value))
    }
    case 'FilterExpression':
      return applyFilter(evaluate(node.operand, scope), node.filter, scope)
    case 'TestExpression': {
      const value = evaluate(node.operand, scope)
      return templateTest(node.test.value)(value, new Arguments([], new Map())) !== node.negate
    }
    case 'Ternary':
      return evaluate(truthy(evaluate(node.condition, scope)) ? node.trueExpr : node.falseExpr, scope)
    case 'SelectExpression':
      return truthy(evaluate(node.test, scope))
        ? evaluate(node.lhs, scope)
        : new Undefined('the inline if-expression evaluated to false and no else section was defined')
    default:
      throw new TemplateError(`${node.type} cannot stand here`)
  }
}

function evaluateMember(node: Expression & { type: 'MemberExpression' }, scope: Scope): Value {
  const object = evaluate(node.object, scope)
  const { property } = node
  if (!node.computed) {
    if (property.type === 'Identifier') return attribute(object, property.value)
    return item(object, evaluate(property, scope))
  }
  if (property.type !== 'SliceExpression') return item(object, evaluate(property, scope))
  return slice(
    object,
    [property.start, property.stop, property.step].map((bound) => bound && evaluate(bound, scope)),
  )
}

function evaluateCall(node: Call, scope: Scope): Value {
  const target = evaluate(node.callee, scope)
  if (target instanceof Undefined) throw new TemplateError(target.what)
  if (typeof target !== 'function') throw new TemplateError(`'${typeName(target)}' object is not callable`)
  const { list, named } = evaluateArguments(node.args, scope)
  return target(list, named)
}

function evaluateArguments(args: readonly Expression[], scope: Scope): Arguments {
  const list: Value[] = []
  const named = new Map<string, Value>()
  for (const arg of args) {
    if (arg.type === 'KeywordArgumentExpression') named.set(arg.key.value, evaluate(arg.value, scope))
    else if (arg.type === 'SpreadExpression') list.push(...iterate(evaluate(arg.argument, scope)))
    else if (arg.type === 'KeywordSpreadExpression') {
      const map = evaluate(arg.argument, scope)
      if (!(map instanceof Map)) throw new TemplateError('the argument after ** must be a mapping')
      for (const [key, value] of map) named.set(str(key), value)
    } else list.push(evaluate(arg, scope))
  }
  return new Arguments(list, named)
}

function applyFilter(value: Value, node: Identifier | Call, scope: Scope): Value {
  const name = node.type === 'Identifier' ? node : node.callee
  if (name.type !== 'Identifier') throw new TemplateError('a filter must be a name')
  const args = node.type === 'Identifier' ? new Arguments([], new Map()) : evaluateArguments(node.args, scope)
  return filter(name.value)(value, args)
}

/** a < b < c means a < b and b < c, with b computed once. */
function evaluateBinary(node: Expression & { type: 'BinaryExpression' }, scope: Scope): Value {
  const operator = node.operator.value
  if (operator === 'and' || operator === 'or') {
    const left = evaluate(node.left, scope)
    return truthy(left) === (operator === 'and') ? evaluate(node.right, scope) : left
  }
  if (!comparisons.has(operator))
    return arithmetic(operator, evaluate(node.left, scope), evaluate(node.right, scope))
  return compareChain(node, scope).holds
}

function compareChain(node: Expression, scope: Scope): { holds: boolean; last: Value } {
  if (node.type !== 'BinaryExpression' || !comparisons.has(node.operator.value)) {
    return { holds: true, last: evaluate(node, scope) }
  }
  const left = compareChain(node.left, scope)
  if (!left.holds) return left
  const last = evaluate(node.right, scope)
  return { holds: comparison(node.operator.value, left.last, last), last }
}
