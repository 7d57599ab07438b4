/** The live stream: nothing missing and nothing twice, over reloads, broken wires and restarts of trainer and host. */
import { getEventMeta } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import type { LiveMessage } from '../../contract/runs.ts'
import { openHttpServer } from '../../serve/http-server.ts'
import { visit } from '../../serve/testing/visitor.ts'
import { counting, countingHost, counts, reaches, trainerOf } from '../testing/counting-host.ts'
import { lossAt } from '../testing/counting-job.ts'

/** What a window makes of the messages: the same rules as in the renderer. */
class Reader {
  steps: number[] = []
  losses: number[] = []
  readonly log: number[] = []
  readonly evaluations: number[] = []
  status = ''
  lastEventId: string | undefined
  messages = 0

  take(message: LiveMessage): void {
    this.messages += 1
    if (message.rewind !== null) {
      this.steps = this.steps.filter((step) => step <= message.rewind!)
      this.losses = this.losses.slice(0, this.steps.length)
    }
    this.steps.push(...message.steps.map(({ step }) => step))
    this.losses.push(...message.steps.map(({ loss }) => loss))
    this.log.push(...message.log.map(({ id }) => id))
    this.evaluations.push(...message.evaluations.map(({ step }) => step))
    if (message.run !== null) this.status = message.run.status
    this.lastEventId = getEventMeta(message)?.id
  }

  /** Reads until `enough`, then leaves. */
  async read(
    open: (position: {
      after: number
      lastEventId: string | undefined
      signal: AbortSignal
    }) => AsyncIterable<LiveMessage>,
    enough: (reader: Reader) => boolean,
  ): Promise<this> {
    const leave = new AbortController()
    const position = { after: 0, lastEventId: this.lastEventId, signal: leave.signal }
    for await (const message of open(position)) {
      this.take(message)
      if (enough(this)) break
    }
    leave.abort()
    return this
  }
}

const whole = (steps: number) => ({
  steps: Array.from({ length: steps }, (_, i) => i + 1),
  losses: Array.from({ length: steps }, (_, i) => lossAt(i + 1)),
})

const completed = (reader: Reader) => reader.status === 'completed'

test('a reader gets every step once, in few messages', async () => {
  const { host } = await countingHost({ stepMs: 2 })
  const { id } = await host.runs.create(counting({ training: { steps: 300 } }))
  const reader = await new Reader().read((position) => host.runs.live(id, position), completed)
  expect(reader).toMatchObject({ ...whole(300), evaluations: [300] })
  expect(reader.log).toEqual(host.runs.log(id, 0).map((entry) => entry.id))
  // 300 steps of 2 ms and more: at 20 messages a second they share messages.
  expect(reader.messages).toBeLessThan(150)
})

test('without "after" the first message says where the curve stands, and only what follows comes', async () => {
  const { host } = await countingHost({ stepMs: 2 })
  const { id } = await host.runs.create(counting({ training: { steps: 150 } }))
  await counts(host, id, 50)
  const options = { after: undefined, lastEventId: undefined, signal: undefined }
  const stream = host.runs.live(id, options)
  const first: LiveMessage = (await stream.next()).value
  expect(first).toMatchObject({ rewind: null, run: { id, status: 'running' } })
  expect(first!.steps.map(({ step }) => step)).toEqual([first!.position])
  expect(first!.position).toBeGreaterThanOrEqual(50)
  const { value: second } = await stream.next()
  expect(second!.steps[0]!.step).toBe(first!.position + 1)
  await stream.return(undefined)
})

test('leaving and joining again, across a killed trainer and a restarted host, leaves no gap and no duplicate', async () => {
  const first = await countingHost({ stepMs: 4 })
  const { id } = await first.host.runs.create(counting({ training: { steps: 120 } }))
  const reader = new Reader()
  const after = (step: number) => (of: Reader) => (of.steps.at(-1) ?? 0) >= step
  await reader.read((position) => first.host.runs.live(id, position), after(15))
  await reader.read((position) => first.host.runs.live(id, position), after(38))

  process.kill(trainerOf(first.host, id), 'SIGKILL')
  await reaches(first.host, id, 'interrupted')
  await reader.read(
    (position) => first.host.runs.live(id, position),
    (of) => of.status === 'interrupted',
  )
  first.host.runs.resume(id)
  await counts(first.host, id, 55)
  // Joined in the middle of the second attempt: what the kill left behind the checkpoint is taken back.
  await reader.read((position) => first.host.runs.live(id, position), after(58))
  expect(reader).toMatchObject(whole(reader.steps.length))
  await first.close()

  const second = await countingHost({}, first.dataDir)
  second.host.runs.resume(id)
  await reaches(second.host, id, 'completed')
  await reader.read((position) => second.host.runs.live(id, position), completed)
  expect(reader).toMatchObject(whole(120))
  expect(reader.log).toEqual(second.host.runs.log(id, 0).map((entry) => entry.id))
})

test('a reader that is far behind gets everything, in messages of bounded size', async () => {
  const { host } = await countingHost()
  const { id } = await host.runs.create(counting({ training: { steps: 5_000 } }))
  await reaches(host, id, 'completed')
  let largest = 0
  const reader = await new Reader().read(
    (position) => host.runs.live(id, position),
    (of) => of.steps.length === 5_000 && completed(of),
  )
  for await (const { steps } of host.runs.live(id, { after: 0, lastEventId: undefined, signal: undefined })) {
    largest = Math.max(largest, steps.length)
    if (steps.at(-1)?.step === 5_000) break
  }
  expect(reader).toMatchObject(whole(5_000))
  expect(largest).toBeLessThanOrEqual(1_000)
})

test('a slow reader skips nothing and nothing is kept for it', async () => {
  const { host } = await countingHost({ stepMs: 1 })
  const { id } = await host.runs.create(counting({ training: { steps: 200 } }))
  const reader = new Reader()
  for await (const message of host.runs.live(id, { after: 0, lastEventId: undefined, signal: undefined })) {
    reader.take(message)
    if (completed(reader)) break
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  expect(reader).toMatchObject(whole(200))
  expect(reader.messages).toBeLessThan(15)
})

test('what a person does with the run reaches the reader', async () => {
  const { host } = await countingHost()
  const { id } = await host.runs.create(counting())
  await reaches(host, id, 'completed')
  const stream = host.runs.live(id, { after: undefined, lastEventId: undefined, signal: undefined })
  await stream.next()
  const renamed = stream.next()
  host.runs.rename(id, 'Renamed')
  expect((await renamed).value).toMatchObject({ run: { name: 'Renamed' }, steps: [], log: [] })
  host.runs.bin(id)
  await host.runs.remove(id)
  let last = await stream.next()
  while (!last.done) last = await stream.next()
})

test('over a real WebSocket, a wire that breaks is joined again behind the last message', async () => {
  const { host, dataDir } = await countingHost({ stepMs: 4 })
  const { id } = await host.runs.create(counting({ training: { steps: 150 } }))
  const server = await openHttpServer({ host, pages: dataDir, address: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const reader = new Reader()
  for (const enough of [
    (of: Reader) => of.steps.length > 20,
    (of: Reader) => of.steps.length > 70,
    completed,
  ]) {
    const { client, socket } = await visit(server)
    const { lastEventId } = reader
    const stream = await client.runs.live({ id, after: 0 }, lastEventId === undefined ? {} : { lastEventId })
    for await (const message of stream) {
      reader.take(message)
      if (enough(reader)) break
    }
    socket.terminate()
  }
  expect(reader).toMatchObject(whole(150))
})
