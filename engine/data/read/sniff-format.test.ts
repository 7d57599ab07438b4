/** The format is told by what is there, and by the name where that leaves a doubt. */
import { expect, test } from 'vitest'
import { sniffFormat } from './sniff-format.ts'

test.each([
  ['', '{"a": 1}\n{"a": 2}', 'jsonl'],
  ['', '{"a": 1}', 'jsonl'],
  ['', '{"data": [{"a": 1}]}', 'json'],
  ['', '[\n {"a": 1}]', 'json'],
  ['', '[]', 'json'],
  ['', 'a,b\n1,2\n', 'csv'],
  ['', 'a\tb\n"x\ty"\t2\n', 'csv'],
  ['', 'Dear reader, this\nis a text, with commas, here\n', 'txt'],
  ['', '[a stage direction]\nHello', 'txt'],
  ['rows.txt', '{"a": 1}\n{"a": 2}', 'jsonl'],
  ['rows.json', '{"a": 1}\n{"a": 2}', 'jsonl'],
  ['rows.json', '{\n "data": [{"a": 1}]}', 'json'],
  ['rows.jsonl', '{\n}', 'jsonl'],
  ['rows.jsonl', '[{"a": 1}]', 'json'],
  ['rows.csv', '{"a", "b"\n1,2', 'csv'],
  ['rows.txt', 'a,b\n1,2\n', 'txt'],
  ['rows.jsonl', 'PAR1\u0015', 'parquet'],
  ['', '\uFEFF{"a": 1}\n{"a": 2}', 'jsonl'],
] as const)('%s %j is %s', (name, text, format) => {
  expect(sniffFormat(Buffer.from(text), name)).toBe(format)
})
