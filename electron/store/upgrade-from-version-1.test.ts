/** What version 1 wrote is there after the upgrade, with the new columns empty. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { initial } from './migrations/0001-initial.ts'
import { openStore } from './open-store.ts'
import { temporaryFolder } from './testing/folders.ts'

function version1(folder: string): void {
  const database = new Database(join(folder, 'studio.db'))
  initial(database)
  const environment =
    '{"studio":"0","node":"v","platform":"p","cpu":"c","cores":1,"memoryBytes":1,"packages":{}}'
  database.exec(`
    INSERT INTO models VALUES ('m', 'M', 'local', '/m', 'Llama', 1, 1, 'f', 1);
    INSERT INTO datasets VALUES ('d', 'D', '/d', 1);
    INSERT INTO dataset_versions VALUES ('d@1', 'd', 1, 'h', '/d/train.jsonl', 1, 1, '', 1);
    INSERT INTO runs (id, name, method, model_id, dataset_version_id, status, config, environment, created_at)
    VALUES ('old', 'Old', 'lora', 'm', 'd@1', 'completed', '{}', '${environment}', 5),
           ('cut', 'Cut', 'lora', 'm', 'd@1', 'running', '{}', '${environment}', 6);
    INSERT INTO samples (run_id, step, prompt, output, settings, created_at)
    VALUES ('old', 3, 'Say', 'first', '{}', 1), ('old', 3, 'Say', 'second', '{}', 2), ('old', 4, 'Say', 'third', '{}', 3);
    INSERT INTO events (run_id, step, level, message, created_at) VALUES ('old', 1, 'info', 'Hello.', 1);
  `)
  database.pragma('user_version = 1')
  database.close()
}

test('runs, samples and the diary are kept', () => {
  const folder = temporaryFolder()
  version1(folder)
  const store = openStore(folder)
  onTestFinished(() => store.close())
  expect(store.runs.get('old')).toMatchObject({
    name: 'Old',
    status: 'completed',
    tags: [],
    notes: '',
    deletedAt: null,
    queuePosition: null,
    ending: null,
    keptStep: null,
    best: null,
    lastStep: 0,
  })
  expect(store.runs.get('cut')).toMatchObject({ status: 'interrupted', ending: { reason: 'cut-off' } })
  // The same prompt at the same step: the newer answer stands.
  expect(store.samples.list('old').map(({ step, output, tokens }) => [step, output, tokens])).toEqual([
    [3, 'second', null],
    [4, 'third', null],
  ])
  expect(store.events.list('old')).toMatchObject([{ message: 'Hello.', hint: null, finding: null }])
  expect(store.queue.held()).toBeNull()
})
