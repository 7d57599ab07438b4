/** `runs list | show | resume | export`: what the store knows, beside a studio that may be writing to it. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { diskError } from '../../engine/errors.ts'
import { runDocument, runSteps } from '../host/run-document.ts'
import { openStoreForReading, type Store } from '../store/open-store.ts'
import type { TextOutput } from './output.ts'
import { registerResume } from './resume.ts'
import { runDetails, runTable } from './run-text.ts'

export interface RunsContext {
  readonly dataDir: () => string
  readonly stdout: TextOutput
}

/** Adds the command `runs` to a program. */
export function registerRuns(program: Command, { dataDir, stdout }: RunsContext): void {
  const runs = program.command('runs').description('look at saved runs')

  runs
    .command('list')
    .description('list all runs, newest first')
    .option('--json', 'print a JSON document')
    .action(({ json }: { json?: true }) => {
      withStore(dataDir(), (store) => {
        const all = store.runs.list()
        stdout.write(json ? `${JSON.stringify(all)}\n` : `${runTable(all)}\n`)
      })
    })

  runs
    .command('show')
    .description('show one run: plan, results, events')
    .argument('<id>', 'id of the run, or any part of it that fits no other run')
    .option('--json', 'print a JSON document')
    .action((id: string, { json }: { json?: true }) => {
      withStore(dataDir(), (store) => {
        const run = store.runs.find(id)
        stdout.write(json ? `${JSON.stringify(runDocument(store, run))}\n` : `${runDetails(store, run)}\n`)
      })
    })

  registerResume(runs, { dataDir, stdout })

  runs
    .command('export')
    .description('write the steps of a run as CSV, or with --json everything that is known about it')
    .argument('<id>', 'id of the run, or any part of it that fits no other run')
    .option('--json', 'write one JSON document: run, steps, evaluations, samples, checkpoints, events')
    .option('-o, --output <file>', 'write to a file instead of the standard output')
    .action((id: string, { json, output }: { json?: true; output?: string }) => {
      withStore(dataDir(), (store) => {
        const run = store.runs.find(id)
        const text = json ? `${JSON.stringify(runDocument(store, run), null, 2)}\n` : runSteps(store, run)
        if (output === undefined) stdout.write(text)
        else writeFile(output, text)
      })
    })
}

function withStore(dataDir: string, work: (store: Store) => void): void {
  const store = openStoreForReading(dataDir)
  try {
    work(store)
  } finally {
    store.close()
  }
}

function writeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw diskError('write', path, error)
  }
}
