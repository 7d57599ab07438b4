/** The feed of what changed in the studio's data: windows join it and ask again for what they show. */
import { type Change, type Topic, topics } from '../contract/system.ts'
import { Feed } from './feed.ts'

export type Changes = Feed<Change>

export function openChanges(): Changes {
  // Who missed something asks again for everything.
  return new Feed<Change>(500, () => topics.map((topic) => ({ topic, id: null })))
}

export function changed(changes: Changes, topic: Topic, id: string | null = null): void {
  changes.publish({ topic, id })
}
