/** The implementer of the contract: every handler gets the host, and every failure crosses as code, message and hint. */
import { implement, ORPCError, ValidationError } from '@orpc/server'
import { messageOf, StudioError } from '../../../engine/errors.ts'
import type { Failure } from '../../contract/shared.ts'
import { contract } from '../../contract.ts'
import type { Host } from '../host.ts'

export interface RpcContext {
  readonly host: Host
}

const base = implement(contract).$context<RpcContext>()

export const os = base.use(async ({ next }) => {
  try {
    return await next()
  } catch (error) {
    throw crossing(error)
  }
})

/** What a failure looks like on the other side. */
export function crossing(error: unknown): unknown {
  if (error instanceof ORPCError) {
    if (error.cause instanceof ValidationError) return refusedInput(error.cause)
    return error
  }
  if (error instanceof StudioError) {
    const { code, message, hint } = error
    return failed({ code, message, hint })
  }
  if (error instanceof Error && error.name === 'AbortError') return error
  console.error(error)
  return failed({
    code: 'internal',
    message: messageOf(error),
    hint: 'This is a defect of PEFT Studio; please report it with the log.',
  })
}

function failed(failure: Failure): ORPCError<string, Failure> {
  return new ORPCError(failure.code, { status: 400, message: failure.message, data: failure })
}

function refusedInput(error: ValidationError): ORPCError<string, Failure> {
  const [issue] = error.issues
  const place = (issue?.path ?? []).map((key) => String(typeof key === 'object' ? key.key : key)).join('.')
  return failed({
    code: 'bad-argument',
    message: `${place === '' ? 'The request' : place} does not fit: ${issue?.message ?? error.message}.`,
    hint: 'Correct that value and try again.',
  })
}
