/** On what it was measured: the machine, how busy it was, and which peer there is. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { z } from 'zod'
import { messageOf } from '../engine/errors.ts'

export interface Machine {
  readonly processor: string
  readonly cores: number
  /** Instruction sets that decide the speed of matrix products. */
  readonly features: readonly string[]
  readonly memoryBytes: number
  readonly node: string
  /** Mean number of busy cores in the minute before: times are only worth something near 0. */
  readonly loadBefore: number
}

export function describeMachine(): Machine {
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : ''
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1]?.trim().split(' ') ?? []
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    features: flags.filter((flag) =>
      /^(avx2|avx512f|avx512_(vnni|bf16|fp16)|avx_vnni|amx.*|asimd|sve2?|i8mm|bf16)$/.test(flag),
    ),
    memoryBytes: totalmem(),
    node: process.version,
    loadBefore: loadavg()[0]!,
  }
}

export interface Peer {
  /** The Python to start it with; null where there is none. */
  readonly python: string | null
  /** Its versions, or the sentence that says why it is skipped. */
  readonly detail: string
}

const versions = z.object({ torch: z.string(), transformers: z.string(), peft: z.string() })

/** Looks for Hugging Face PEFT behind the environment variable PEER_PYTHON. */
export async function findPeer(): Promise<Peer> {
  const python = process.env.PEER_PYTHON
  const advice = 'Set PEER_PYTHON to a Python that can import torch, transformers and peft.'
  if (python === undefined || python === '')
    return { python: null, detail: `The peer is skipped: PEER_PYTHON is not set. ${advice}` }
  const ask =
    'import json, torch, transformers, peft; print(json.dumps({m.__name__: m.__version__ for m in (torch, transformers, peft)}))'
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', ask])
    const { torch, transformers, peft } = versions.parse(JSON.parse(stdout))
    return { python, detail: `PEFT ${peft}, transformers ${transformers}, PyTorch ${torch}` }
  } catch (error) {
    const reason = messageOf(error).trim().split('\n').at(-1)
    return { python: null, detail: `The peer is skipped: ${python} cannot import it (${reason}). ${advice}` }
  }
}
