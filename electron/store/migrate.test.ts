import { readdirSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { migrate, schemaVersion } from './migrate.ts'
import { migrations } from './migrations/index.ts'

function empty(): Database.Database {
  const database = new Database(':memory:')
  onTestFinished(() => void database.close())
  return database
}

function schemaOf(database: Database.Database): unknown[] {
  return database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
}

test.each(migrations.map((_, index) => index + 1))(
  'version %i is the same from empty and from before',
  (to) => {
    const known = migrations.slice(0, to)
    const direct = empty()
    migrate(direct, known)
    const stepwise = empty()
    for (let version = 1; version <= to; version++) migrate(stepwise, known.slice(0, version))
    expect(schemaVersion(direct)).toBe(to)
    expect(schemaOf(stepwise)).toEqual(schemaOf(direct))
    expect(direct.pragma('foreign_key_check')).toEqual([])
  },
)

test('every file in migrations/ is in the list, in the order of its number', () => {
  const files = readdirSync(new URL('./migrations/', import.meta.url)).filter((name) => /^\d{4}-/.test(name))
  expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(migrations.map((_, index) => index + 1))
})

test('all tables are strict', () => {
  const database = empty()
  migrate(database)
  const tables = database
    .prepare<[], { name: string; strict: number }>(
      "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'",
    )
    .all()
    .filter(({ name }) => !name.startsWith('sqlite_'))
  expect(tables.length).toBeGreaterThanOrEqual(9)
  expect(tables.filter(({ strict }) => strict === 0)).toEqual([])
})

test('a migration that fails takes the ones before it back', () => {
  const database = empty()
  migrate(database)
  const before = schemaOf(database)
  const next = (db: Database.Database) => void db.exec('CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT')
  const broken = (db: Database.Database) => void db.exec('ALTER TABLE nowhere ADD COLUMN x TEXT')
  expect(() => migrate(database, [...migrations, next, broken])).toThrow('nowhere')
  expect(schemaOf(database)).toEqual(before)
  expect(schemaVersion(database)).toBe(migrations.length)
})

test('a database from the future is refused and left alone', () => {
  const database = empty()
  migrate(database)
  database.pragma('user_version = 999')
  expect(() => migrate(database)).toThrow(/newer PEFT Studio \(schema 999/)
  expect(schemaVersion(database)).toBe(999)
})
