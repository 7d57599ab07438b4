/** Where a command writes; `process.stdout` and `process.stderr` fit, tests collect. */
export interface TextOutput {
  write(text: string): unknown
}
