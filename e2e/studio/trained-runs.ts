/** Small runs that are really trained, by the command line, before the studio opens. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli } from '../cli.ts'

const pirate = join(import.meta.dirname, '../../resources/datasets/pirate')
const few = ['--steps', '3', '--length', '64', '--batch', '2']

/** The first rows of a built-in dataset: what is measured before and after takes no time. */
function fewRows(dataDir: string): string {
  const folder = join(dataDir, 'few-rows')
  mkdirSync(folder, { recursive: true })
  for (const [file, rows] of [
    ['train.jsonl', 24],
    ['validation.jsonl', 8],
  ] as const) {
    const lines = readFileSync(join(pirate, file), 'utf8').split('\n').slice(0, rows)
    writeFileSync(join(folder, file), `${lines.join('\n')}\n`)
  }
  return folder
}

/** A finished run of each method, in the order given. @returns their ids */
export async function trainRuns(dataDir: string, ...methods: readonly string[]): Promise<string[]> {
  const data = fewRows(dataDir)
  const ids: string[] = []
  for (const method of methods) {
    const choice = ['--model', 'builtin', '--data', data, '--method', method]
    const result = await cli(dataDir, 'train', ...choice, ...few, '--json')
    if (result.code !== 0) throw new Error(`The ${method} run failed:\n${result.stderr}`)
    ids.push((result.json() as { id: string }).id)
  }
  return ids
}
