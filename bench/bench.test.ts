/** The benchmark runs and reports what its readers rely on. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'

const run = promisify(execFile)
const script = (name: string) => join(import.meta.dirname, name)

const contestant = z.object({
  name: z.string(),
  side: z.enum(['ours', 'peer']),
  setting: z.string(),
  weights: z.string(),
  computesOn: z.string(),
  deviceMemory: z.number().nullable(),
  stepsPerPass: z.int().positive(),
  usefulTokens: z.int().positive(),
  computedTokens: z.int().positive(),
  firstLoss: z.number().positive(),
  passLoss: z.number().positive(),
  stepMs: z.number().positive(),
  fastestStepMs: z.number().positive(),
  usefulTokensPerSecond: z.number().positive(),
  startSeconds: z.number().positive(),
  busyWhileIdle: z.number().min(0),
  peakMemory: z.object({
    anonymous: z.number().positive().nullable(),
    file: z.number().positive().nullable(),
    total: z.number().positive().nullable(),
    anonymousInSteps: z.number().positive().nullable(),
    proportionalAtEnd: z.number().positive().nullable(),
  }),
})

const report = z.object({
  machine: z.object({ processor: z.string(), cores: z.int().positive(), features: z.array(z.string()) }),
  peer: z.object({ python: z.string().nullable(), detail: z.string() }),
  small: z.literal(true),
  parts: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      contestants: z.array(contestant),
      ratios: z.array(
        z.object({ of: z.string(), against: z.string(), speed: z.number(), memory: z.number().nullable() }),
      ),
      goals: z.array(
        z.object({
          what: z.enum(['speed', 'memory']),
          of: z.string(),
          against: z.string(),
          wanted: z.number(),
          reached: z.number().nullable(),
          met: z.boolean().nullable(),
        }),
      ),
      sameWork: z.array(
        z.object({ what: z.string(), ours: z.number(), peer: z.number(), same: z.boolean() }),
      ),
      note: z.string().nullable(),
    }),
  ),
})

async function smoke(only: string, python: string) {
  const { stdout } = await run(
    process.execPath,
    [script('run.ts'), '--small', '--json', '--rounds', '1', '--steps', '2', '--only', only],
    { env: { ...process.env, PEER_PYTHON: python } },
  )
  return report.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1)!))
}

test('every part runs without the peer and says why it is missing', async () => {
  const { parts, peer } = await smoke('a,b,c,e', '')
  expect(peer.python).toBeNull()
  expect(peer.detail).toContain('PEER_PYTHON')
  expect(parts.map((part) => part.id)).toEqual([
    ...['a', 'b', 'c-lora', 'c-ia3', 'c-prompt-tuning', 'c-adapter', 'e'],
  ])
  expect(parts[0]!.contestants.map((one) => one.setting)).toEqual(['fast', 'low-memory'])
  for (const part of parts) {
    expect(part.contestants.every((one) => one.side === 'ours')).toBe(true)
    expect(part.goals.every((goal) => goal.met === null)).toBe(true)
    expect(part.contestants[0]!.computedTokens).toBeGreaterThanOrEqual(part.contestants[0]!.usefulTokens)
  }
  expect(parts.find((part) => part.id === 'c-adapter')!.note).toContain('bottleneck')
  const large = parts.at(-1)!.contestants
  expect(large.map((one) => one.weights)).toEqual(['float32', '16-bit', '4-bit'])
  // Fewer bits are another model, though one close by.
  const [full, ...rounded] = large.map((one) => one.firstLoss)
  for (const loss of rounded) {
    expect(loss).not.toBe(full)
    expect(Math.abs(loss - full!)).toBeLessThan(0.02)
  }
})

test.skipIf(!process.env.PEER_PYTHON)(
  'ours and the peer do the same work',
  async () => {
    const { parts } = await smoke('a,b,e', process.env.PEER_PYTHON!)
    for (const { contestants, sameWork, ratios, goals } of parts) {
      expect(contestants.filter((one) => one.side === 'peer').map((one) => one.setting)).toEqual([
        'float32',
        'bfloat16-autocast',
        'bfloat16-weights',
      ])
      expect(sameWork.map((check) => check.same)).toEqual([true, true])
      expect(ratios).toHaveLength(3 * contestants.filter((one) => one.side === 'ours').length)
      expect(goals.every((goal) => goal.met !== null)).toBe(true)
    }
  },
  300_000,
)

test('a wrong argument is answered with what to do', async () => {
  const failed = run(process.execPath, [script('run.ts'), '--only', 'f'])
  await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Choose from a, b') })
})

test('the profile names operators and shapes', async () => {
  const { stdout } = await run(process.execPath, [
    script('profile.ts'),
    '--small',
    '--part',
    'b',
    '--steps',
    '2',
  ])
  expect(stdout).toMatch(/by operator: \d+\.\d ms a step\n +\d+\.\d\d ms +\d+ × {2}[A-Z]\w+\n/)
  expect(stdout).toMatch(/by shapes\n +\d+\.\d\d ms +\d+ × {2}[A-Z]\w+ \[\d/)
})
