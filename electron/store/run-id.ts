/** Names of runs: short, readable, and sorted by time when sorted as text. */
import { randomInt } from 'node:crypto'

/** No vowels, so no words; nothing that looks like something else. */
const letters = 'bcdfghjkmnpqrstvwxz'

/** E.g. `20260823-141503-kfvt`: date and time (UTC), and four letters that tell runs of one second apart. */
export function newRunId(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T')
  const suffix = Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${suffix}`
}
