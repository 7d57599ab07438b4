/** How a process ended that did not say so itself, in the beginning of a sentence. */
import type { TrainerExit } from './trainer-child.ts'

/** @param process what it was, as the beginning of a sentence: "The trainer" */
export function howItDied({ code, signal, output }: TrainerExit, process = 'The trainer'): string {
  const words = lastWords(output)
  const saying = words === undefined ? '' : `, saying "${words}",`
  if (signal === 'SIGKILL')
    return `${process} was killed (SIGKILL, which is also how the system ends what needs too much memory)${saying}`
  if (signal !== null) return `${process} crashed (${signal})${saying}`
  return `${process} ended without a result (exit code ${code})${saying}`
}

/** The last line that says something: stacks say where, not what. */
function lastWords(output: string): string | undefined {
  const isFrame = (line: string) => /^\s*(at |\d+: |#|-{3,})/.test(line)
  return output
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '' && !isFrame(line))
}
