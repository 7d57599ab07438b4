/** `methods`: what there is to choose from. */
import type { Command } from 'commander'
import { describeMethod } from '../../engine/methods/describe.ts'
import { findMethod, methods } from '../../engine/methods/index.ts'
import { formatRate } from './format.ts'
import { type CommandContext, jsonOption } from './options.ts'
import { fields, table } from './table.ts'

export function registerMethods(program: Command, { stdout }: CommandContext): void {
  program
    .command('methods')
    .description('list the methods, or explain one with its options')
    .argument('[name]', 'a method')
    .addOption(jsonOption())
    .action((name: string | undefined, { json }: { json?: true }) => {
      const chosen = name === undefined ? [...methods.values()] : [findMethod(name)]
      if (json) {
        const documents = chosen.map((m) => {
          const { fields: list, ...described } = describeMethod(m)
          const options = list.map(({ key, ...field }) => [key, field] as const)
          return { ...described, merges: m.merges === true, fields: Object.fromEntries(options) }
        })
        stdout.write(`${JSON.stringify(name === undefined ? documents : documents[0])}\n`)
      } else if (name === undefined)
        stdout.write(
          `${table(chosen, [
            { title: 'NAME', value: (m) => m.name },
            { title: 'TITLE', value: (m) => m.title },
            { title: 'KIND', value: (m) => m.taxonomy },
            { title: 'MERGES', value: (m) => (m.merges === true ? 'yes' : 'no') },
            { title: 'LEARNING RATE', value: (m) => formatRate(m.defaults.learningRate), align: 'right' },
          ])}\n`,
        )
      else {
        const method = chosen[0]!
        const options = describeMethod(method).fields.map(({ key, help, range, default: value }) => {
          const bounds = range === null ? '' : ` ${range[0]?.toUpperCase()}${range.slice(1)}.`
          return [key, `${help}${bounds} [${JSON.stringify(value)}]`] as const
        })
        stdout.write(
          `${method.title} — ${method.paper.title}, ${method.paper.url}\n\n${method.explain}\nChoose it when: ${method.chooseWhen}\nBetter not when: ${method.avoidWhen}\n`,
        )
        if (options.length > 0) stdout.write(`\nOptions (--set key=value):\n${fields(options)}\n`)
      }
    })
}
