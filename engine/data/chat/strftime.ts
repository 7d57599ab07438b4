/** Python's strftime for local dates, as far as chat templates use it. */

const months = 'January February March April May June July August September October November December'.split(
  ' ',
)
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

export function strftime(format: string, date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const hour12 = date.getHours() % 12 || 12
  const parts: Record<string, string> = {
    Y: String(date.getFullYear()),
    y: two(date.getFullYear() % 100),
    m: two(date.getMonth() + 1),
    d: two(date.getDate()),
    e: String(date.getDate()).padStart(2),
    H: two(date.getHours()),
    I: two(hour12),
    M: two(date.getMinutes()),
    S: two(date.getSeconds()),
    p: date.getHours() < 12 ? 'AM' : 'PM',
    B: months[date.getMonth()]!,
    b: months[date.getMonth()]!.slice(0, 3),
    A: days[date.getDay()]!,
    a: days[date.getDay()]!.slice(0, 3),
    '%': '%',
  }
  return format.replace(/%(-?)([A-Za-z%])/g, (whole, short: string, letter: string) => {
    const part = parts[letter]
    return part === undefined ? whole : short ? part.replace(/^0(?=.)/, '') : part
  })
}
