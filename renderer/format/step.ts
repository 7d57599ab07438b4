/** The time of one training step: `632 ms`, `1.24 s`. @param milliseconds of one step */
export function formatStep(milliseconds: number): string {
  const [value, unit] = milliseconds < 1000 ? [milliseconds, 'ms'] : [milliseconds / 1000, 's']
  return `${Number(value.toPrecision(3))} ${unit}`
}
