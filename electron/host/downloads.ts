/** Files that the host makes for the person: a procedure offers one and gets a ticket, the page fetches it once. */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'

export interface Offer {
  /** What the file is called on the person's disk. */
  readonly name: string
  /** Media type, e.g. `text/csv; charset=utf-8`. */
  readonly type: string
  /** Starts making the content when it is fetched. */
  open(): Readable | Promise<Readable>
}

export interface Downloads {
  /** @returns the ticket: good for one fetch of `/download/<ticket>` within two minutes */
  offer(offer: Offer): string
  /** @returns undefined when the ticket is unknown, used or too old */
  take(ticket: string): Offer | undefined
}

/** @param lifeMs how long a ticket is good */
export function openDownloads(lifeMs = 120_000): Downloads {
  const offers = new Map<string, { readonly offer: Offer; readonly until: number }>()
  const forgetOld = () => {
    for (const [ticket, { until }] of offers) if (until < Date.now()) offers.delete(ticket)
  }
  return {
    offer(offer) {
      forgetOld()
      const ticket = randomUUID()
      offers.set(ticket, { offer, until: Date.now() + lifeMs })
      return ticket
    },
    take(ticket) {
      forgetOld()
      const found = offers.get(ticket)
      offers.delete(ticket)
      return found?.offer
    },
  }
}
