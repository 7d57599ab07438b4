/** The classic Alpaca prompt (Stanford Alpaca, 2023), with and without further input. */

const head = 'Below is an instruction that describes a task'
const task = 'Write a response that appropriately completes the request.'

/** An empty or missing input uses the short form; white space alone counts as input. */
export function alpacaPrompt(instruction: string, input: string): string {
  const request = `### Instruction:\n${instruction}\n\n`
  return input === ''
    ? `${head}. ${task}\n\n${request}### Response:\n`
    : `${head}, paired with an input that provides further context. ${task}\n\n${request}### Input:\n${input}\n\n### Response:\n`
}
