/** The parts of the benchmark by the letter that asks for them. */
import { instructionData } from './instruction-data.ts'
import { billion, halfBillion } from './large-models.ts'
import type { Part } from './part.ts'
import { otherMethods, rawStep } from './raw-step.ts'

/** `small`: tiny models and texts, which show that everything runs and measure nothing. */
type Make = (small: boolean) => Promise<Part[]>

const parts = {
  a: rawStep,
  b: instructionData,
  c: otherMethods,
  d: halfBillion,
  e: billion,
} satisfies Record<string, Make>

export type PartId = keyof typeof parts

export const partIds = Object.keys(parts) as PartId[]

export const makeParts = (id: PartId, small: boolean): Promise<Part[]> => parts[id](small)
