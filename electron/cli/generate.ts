/** `generate`: lets a model go on with a text. */
import type { Command } from 'commander'
import { decodeStream } from '../../engine/data/tokenizer/decode-stream.ts'
import { loadTokenizer } from '../../engine/data/tokenizer/load-tokenizer.ts'
import { StudioError } from '../../engine/errors.ts'
import { generate } from '../../engine/generate/generator.ts'
import { openWithAdapter } from './adapter.ts'
import { type CommandContext, jsonOption, real, whole } from './options.ts'

interface Options {
  readonly model: string
  readonly adapter?: string
  readonly prompt?: string
  readonly promptIds?: string
  readonly maxTokens: number
  readonly temperature: number
  readonly topP: number
  readonly seed: number
  readonly json?: true
}

export function registerGenerate(program: Command, { dataDir, stdout }: CommandContext): void {
  program
    .command('generate')
    .description('continue a prompt; greedy unless a temperature is given')
    .requiredOption('--model <model>', 'folder of the base model, or builtin')
    .option('--adapter <dir>', 'folder of an adapter')
    .option('--prompt <text>', 'text to go on from')
    .option('--prompt-ids <ids>', 'token ids with commas between')
    .requiredOption('--max-tokens <n>', 'most new tokens', whole(1))
    .option('--temperature <t>', '0 = always the likeliest token', real(0), 0)
    .option('--top-p <p>', 'keep the likeliest tokens up to this probability', real(0), 1)
    .option('--seed <n>', 'decides the sampling', whole(0), 0)
    .addOption(jsonOption())
    .action(async (options: Options) => {
      if ((options.prompt === undefined) === (options.promptIds === undefined))
        throw new StudioError(
          'bad-argument',
          'Give either --prompt or --prompt-ids.',
          'One of the two says where to start.',
        )
      const { loaded, method, config, session, adapterName } = await openWithAdapter(
        options.model,
        options.adapter,
        dataDir(),
      )
      const source = { device: session.device, loaded, method, config, state: session.state, adapterName }
      const sampling = {
        temperature: options.temperature,
        topP: options.topP,
        maxTokens: options.maxTokens,
        seed: options.seed,
      }
      const produced: number[] = []
      if (options.promptIds !== undefined) {
        const prompt = readIds(options.promptIds)
        for await (const id of generate(source, prompt, { ...sampling, stopTokens: [] })) produced.push(id)
        stdout.write(options.json ? `${JSON.stringify({ ids: produced })}\n` : `${produced.join(',')}\n`)
      } else {
        const tokenizer = await loadTokenizer(loaded.folder.dir)
        const stopTokens = [
          ...loaded.model.facts.endTokens,
          ...(tokenizer.eosId === null ? [] : [tokenizer.eosId]),
        ]
        const prompt = tokenizer.encode(options.prompt!)
        const stream = decodeStream(tokenizer)
        let text = ''
        const show = (piece: string) => {
          text += piece
          if (!options.json) stdout.write(piece)
        }
        for await (const id of generate(source, prompt, { ...sampling, stopTokens })) {
          produced.push(id)
          show(stream.push(id))
        }
        show(stream.end())
        stdout.write(options.json ? `${JSON.stringify({ text, ids: produced })}\n` : '\n')
      }
      await session.dispose()
    })
}

function readIds(text: string): number[] {
  const ids = text.split(',').map((part) => Number(part.trim()))
  if (ids.every((id) => Number.isSafeInteger(id) && id >= 0)) return ids
  throw new StudioError(
    'bad-argument',
    `"${text}" is not a list of token ids.`,
    'Write whole numbers with commas between: 1,2,3.',
  )
}
