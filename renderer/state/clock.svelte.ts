/** The present time, to half a minute: what "3 min ago" is counted from. */

class Clock {
  now = $state(Date.now())

  constructor() {
    setInterval(() => {
      this.now = Date.now()
    }, 15_000)
  }
}

export const clock = new Clock()
