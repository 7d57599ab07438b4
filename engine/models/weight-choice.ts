/** The forms that the frozen base can be kept in, from the largest to the smallest: names alone, for settings and windows. */
export const weightChoiceNames = ['float32', '16-bit', '8-bit', '4-bit'] as const
export type WeightChoice = (typeof weightChoiceNames)[number]
