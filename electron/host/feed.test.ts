import { getEventMeta } from '@orpc/client'
import { expect, test } from 'vitest'
import type { Change } from '../contract/system.ts'
import { openStudio, visit } from '../serve/testing/visitor.ts'
import { changed } from './changes.ts'
import { Feed } from './feed.ts'

const idOf = (value: object | undefined) => (value === undefined ? undefined : getEventMeta(value)?.id)

/** Reads `count` items and leaves. */
async function take<T>(stream: AsyncIterator<T>, count: number): Promise<T[]> {
  const items: T[] = []
  while (items.length < count) {
    const { done, value } = await stream.next()
    if (done) break
    items.push(value)
  }
  return items
}

test('a page that lost its connection and joins again with the last id misses nothing', async () => {
  const studio = await openStudio()
  const { changes } = studio.host
  const first = await visit(studio)
  const stream = await first.client.system.changes()
  const reading = take(stream, 2)
  // The stream has been joined when the first item arrives; what happens meanwhile is in the feed.
  await joined(changes)
  changed(changes, 'runs', 'a')
  changed(changes, 'runs', 'b')
  const before = await reading
  expect(before).toEqual([
    { topic: 'runs', id: 'a' },
    { topic: 'runs', id: 'b' },
  ])
  first.socket.terminate()
  for (const id of ['c', 'd', 'e']) changed(changes, 'datasets', id)

  const second = await visit(studio)
  const lastEventId = idOf(before.at(-1))
  const again = await second.client.system.changes(undefined, { lastEventId })
  const missed = await take(again, 3)
  expect(missed.map(({ id }) => id)).toEqual(['c', 'd', 'e'])
  changed(changes, 'models')
  expect(await take(again, 1)).toEqual([{ topic: 'models', id: null }])
})

test('several readers each see everything, in order', async () => {
  const studio = await openStudio()
  const visitors = await Promise.all([visit(studio), visit(studio), visit(studio)])
  const streams = await Promise.all(visitors.map(({ client }) => client.system.changes()))
  const reading = streams.map((stream) => take(stream, 400))
  await joined(studio.host.changes, 3)
  for (let n = 0; n < 400; n++) changed(studio.host.changes, 'runs', String(n))
  for (const items of await Promise.all(reading)) {
    expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 400 }, (_, n) => String(n)))
  }
})

test('a page that leaves ends its stream in the host', async () => {
  const studio = await openStudio()
  const { client, socket } = await visit(studio)
  const stream = await client.system.changes()
  stream.next().catch(() => {}) // the connection ends under it
  await joined(studio.host.changes)
  socket.terminate()
  await expect.poll(() => studio.host.changes.waiting).toBe(0)
})

const feedOf = (keep: number) => new Feed<Change>(keep, () => [{ topic: 'runs', id: null }])

test('who was away too long, or comes from an earlier life, is told that something was missed', async () => {
  const feed = feedOf(3)
  const start = feed.follow(undefined)
  feed.publish({ topic: 'runs', id: 'a' })
  const [a] = await take(start, 1)
  feed.publish({ topic: 'runs', id: 'b' })
  const [b] = await take(start, 1)
  for (const id of ['c', 'd', 'e']) feed.publish({ topic: 'runs', id })
  const firstAfter = async (id: string | undefined) => (await take(feed.follow(undefined, id), 1))[0]?.id
  expect(await firstAfter(idOf(b))).toBe('c')
  expect(await firstAfter(idOf(a))).toBeNull()
  const [other] = await take(followOnce(feedOf(3)), 1)
  for (const stranger of [idOf(other), '1', 'nonsense', '', `${idOf(b)}-1`, idOf(b)?.replace(/-.*/, '-99')]) {
    expect(await firstAfter(stranger), stranger).toBeNull()
  }
})

test('a reader that is slower than the feed keeps is told so too, and goes on with what comes', async () => {
  const feed = feedOf(2)
  const stream = feed.follow(undefined)
  feed.publish({ topic: 'runs', id: 'a' })
  expect((await take(stream, 1)).map(({ id }) => id)).toEqual(['a'])
  for (const id of ['b', 'c', 'd', 'e']) feed.publish({ topic: 'runs', id })
  expect((await take(stream, 1)).map(({ id }) => id)).toEqual([null])
  feed.publish({ topic: 'runs', id: 'f' })
  expect((await take(stream, 1)).map(({ id }) => id)).toEqual(['f'])
})

test('a reader sees what comes after it joined, even before it reads', async () => {
  const feed = feedOf(10)
  feed.publish({ topic: 'runs', id: 'before' })
  const stream = feed.follow(undefined)
  feed.publish({ topic: 'runs', id: 'after' })
  expect((await take(stream, 1)).map(({ id }) => id)).toEqual(['after'])
})

test('closing ends all readers, after what they have not read yet', async () => {
  const feed = feedOf(3)
  const [idle, behind] = [feed.follow(undefined), feed.follow(undefined)]
  const end = idle.next()
  feed.publish({ topic: 'runs', id: 'last' })
  feed.close()
  expect((await end).value).toEqual({ topic: 'runs', id: 'last' })
  expect((await idle.next()).done).toBe(true)
  expect(await take(behind, 5)).toEqual([{ topic: 'runs', id: 'last' }])
  expect(feed.waiting).toBe(0)
})

function followOnce(feed: Feed<Change>): AsyncGenerator<Change> {
  const stream = feed.follow(undefined)
  feed.publish({ topic: 'runs', id: 'x' })
  return stream
}

/** Until so many readers wait for what comes next. */
async function joined(feed: { readonly waiting: number }, count = 1): Promise<void> {
  await expect.poll(() => feed.waiting).toBe(count)
}
