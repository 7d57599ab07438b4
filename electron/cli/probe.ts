/** `probe`: logits, gradients and a training trace of a given batch, for comparison with other implementations. */
import type { Command } from 'commander'
import { batchFromHuggingFace } from '../../engine/data/hugging-face-batch.ts'
import { readJsonObject } from '../../engine/files/json.ts'
import { writeSafetensors } from '../../engine/files/safetensors.ts'
import { float32, type HostTensor, sizeOf } from '../../engine/graph/host-tensor.ts'
import { full } from '../../engine/methods/full.ts'
import { none } from '../../engine/methods/none.ts'
import { openWithAdapter } from './adapter.ts'
import { formatLoss } from './format.ts'
import { type CommandContext, jsonOption, real, whole } from './options.ts'

interface Options {
  readonly model: string
  readonly adapter?: string
  readonly batch: string
  readonly gradients?: true
  readonly steps: number
  readonly learningRate: number
  readonly weightDecay: number
  readonly out: string
  readonly json?: true
}

export function registerProbe(program: Command, { dataDir, stdout }: CommandContext): void {
  program
    .command('probe')
    .description('write the logits (and gradients) of a batch, and train a few steps on it')
    .requiredOption('--model <dir>', 'folder of the base model, or builtin')
    .option('--adapter <dir>', 'folder of an adapter')
    .requiredOption('--batch <file>', '{"input_ids": [[…]], "attention_mask": [[…]], "labels": [[…]]}')
    .option('--gradients', 'also write one gradient per trained tensor')
    .option('--steps <n>', 'AdamW steps on the same batch', whole(0), 0)
    .option('--learning-rate <x>', 'constant learning rate', real(0), 1e-3)
    .option('--weight-decay <x>', 'decoupled weight decay', real(0), 0)
    .requiredOption('--out <file>', 'safetensors file to write')
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const { json } = await readJsonObject(options.batch)
      // Without an adapter, gradients and steps are those of the model's own parameters.
      const alone = options.gradients || options.steps > 0 ? full : none
      const opened = await openWithAdapter(options.model, options.adapter, dataDir(), alone)
      const { loaded, method, config, session } = opened
      const virtualTokens = method.virtualTokens?.(config) ?? 0
      const vocabulary = loaded.model.facts.vocabularySize
      const batch = batchFromHuggingFace(json, { virtualTokens, allLogits: true, vocabulary })
      const logits = await session.logits(batch)
      const tensors: Record<string, HostTensor> = {
        logits: { ...logits, shape: [batch.rows, batch.length, logits.shape[1]!] },
      }
      const lossOf = async () => (await session.evaluate(batch)) / batch.labelCount
      const loss = batch.labelCount > 0 ? await lossOf() : null
      if (options.gradients && batch.labelCount > 0 && session.trained.length > 0) {
        const { gradients } = await session.gradients(batch)
        for (const { key, shape } of session.trained)
          tensors[key] = gradients.get(key) ?? float32(shape, new Float32Array(sizeOf(shape)))
      }
      await writeSafetensors(options.out, tensors)
      const trace: number[] = []
      const { learningRate, weightDecay } = options
      for (let step = 1; step <= options.steps; step++)
        trace.push((await session.step([batch], { step, learningRate, weightDecay })).loss)
      const lossAfter = options.steps > 0 ? await lossOf() : loss
      await session.dispose()
      if (options.json) stdout.write(`${JSON.stringify({ loss, trace, lossAfter })}\n`)
      else stdout.write(`loss ${loss === null ? '–' : formatLoss(loss)}; written to ${options.out}\n`)
    })
}
