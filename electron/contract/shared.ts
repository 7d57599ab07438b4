/** Shapes that several parts of the contract use. */
import { z } from 'zod'

/** Measured numbers may be NaN or infinite; the wire format carries NaN, an infinite one is sent as text. */
export const measured = z.custom<number>((value) => typeof value === 'number', 'a number')
export const count = z.int().nonnegative()
/** Milliseconds since 1970 (UTC). */
export const instant = z.int().nonnegative()

/** What every failed call carries in `data`: the cause for programs, and what the person can do. */
export const failureSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() })
export type Failure = z.infer<typeof failureSchema>
