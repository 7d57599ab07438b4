/** The lexer and parser of @huggingface/jinja, with the types of its syntax tree (its own declarations do not resolve). */
import { parse, tokenize } from '@huggingface/jinja'

export interface Token {
  value: string
  type: string
}

export interface Identifier {
  readonly type: 'Identifier'
  readonly value: string
}
export interface KeywordArgument {
  readonly type: 'KeywordArgumentExpression'
  readonly key: Identifier
  readonly value: Expression
}
export interface Call {
  readonly type: 'CallExpression'
  readonly callee: Expression
  readonly args: readonly Expression[]
}
export interface Tuple {
  readonly type: 'TupleLiteral'
  readonly value: readonly Expression[]
}
export interface Slice {
  readonly type: 'SliceExpression'
  readonly start?: Expression
  readonly stop?: Expression
  readonly step?: Expression
}
export interface Member {
  readonly type: 'MemberExpression'
  readonly object: Expression
  readonly property: Expression
  readonly computed: boolean
}
export interface Binary {
  readonly type: 'BinaryExpression'
  readonly operator: Token
  readonly left: Expression
  readonly right: Expression
}
export interface Select {
  readonly type: 'SelectExpression'
  readonly lhs: Expression
  readonly test: Expression
}
export type Parameter = Identifier | KeywordArgument

export type Expression =
  | Identifier
  | KeywordArgument
  | Call
  | Tuple
  | Slice
  | Member
  | Binary
  | Select
  | { readonly type: 'IntegerLiteral' | 'FloatLiteral'; readonly value: number }
  | { readonly type: 'StringLiteral'; readonly value: string }
  | { readonly type: 'ArrayLiteral'; readonly value: readonly Expression[] }
  | { readonly type: 'ObjectLiteral'; readonly value: ReadonlyMap<Expression, Expression> }
  | { readonly type: 'FilterExpression'; readonly operand: Expression; readonly filter: Identifier | Call }
  | {
      readonly type: 'TestExpression'
      readonly operand: Expression
      readonly negate: boolean
      readonly test: Identifier
    }
  | { readonly type: 'UnaryExpression'; readonly operator: Token; readonly argument: Expression }
  | { readonly type: 'SpreadExpression' | 'KeywordSpreadExpression'; readonly argument: Expression }
  | {
      readonly type: 'Ternary'
      readonly condition: Expression
      readonly trueExpr: Expression
      readonly falseExpr: Expression
    }

export interface For {
  readonly type: 'For'
  readonly loopvar: Identifier | Tuple
  readonly iterable: Expression
  readonly body: readonly Statement[]
  readonly defaultBlock: readonly Statement[]
}
export interface Macro {
  readonly type: 'Macro'
  readonly name: Identifier
  readonly args: readonly Parameter[]
  readonly body: readonly Statement[]
}
export interface CallBlock {
  readonly type: 'CallStatement'
  readonly call: Call
  readonly callerArgs: readonly Parameter[] | null
  readonly body: readonly Statement[]
}

export type Statement =
  | Expression
  | For
  | Macro
  | CallBlock
  | {
      readonly type: 'If'
      readonly test: Expression
      readonly body: readonly Statement[]
      readonly alternate: readonly Statement[]
    }
  | {
      readonly type: 'Set'
      readonly assignee: Expression
      readonly value: Expression | null
      readonly body: readonly Statement[]
    }
  | {
      readonly type: 'FilterStatement'
      readonly filter: Identifier | Call
      readonly body: readonly Statement[]
    }
  | { readonly type: 'Break' | 'Continue' | 'Comment' }

export const tokenizeTemplate: (source: string) => Token[] = tokenize
export const parseTokens: (tokens: Token[]) => { readonly body: readonly Statement[] } = parse
