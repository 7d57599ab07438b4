/** NVIDIA's cards, told by the tool that comes with their driver. */
import { existsSync } from 'node:fs'
import type { GraphicsCard } from './graphics-cards.ts'
import { outputOf } from './output-of.ts'

/** Empty where the driver is not installed or sees no card. */
export async function nvidiaCards(): Promise<GraphicsCard[]> {
  // Under WSL the tool is not on the path of every shell.
  const wsl = '/usr/lib/wsl/lib/nvidia-smi'
  const program = existsSync(wsl) ? wsl : 'nvidia-smi'
  return parseNvidia(
    (await outputOf(program, [
      '--query-gpu=name,memory.total,driver_version',
      '--format=csv,noheader,nounits',
    ])) ?? '',
  )
}

/** @param text lines of name, memory in MiB, version of the driver */
export function parseNvidia(text: string): GraphicsCard[] {
  return text.split('\n').flatMap((line) => {
    const [name, mebibytes, driver] = line.split(',').map((part) => part.trim())
    if (!name || driver === undefined) return []
    const memory = Number(mebibytes)
    return [
      {
        vendor: 'NVIDIA' as const,
        name: name.startsWith('NVIDIA') ? name : `NVIDIA ${name}`,
        driver,
        // Cards that share the machine's memory say `[N/A]`.
        ...(Number.isFinite(memory) ? { memoryBytes: memory * 2 ** 20 } : {}),
      },
    ]
  })
}
