/** One live line on a terminal; a plain line now and then where the output is a file. Always on stderr. */

const secondsBetweenPlainLines = 5

/** @param {string} title what is going on, e.g. "Installing packages" */
export function startProgress(title) {
  const live = process.stderr.isTTY === true
  const started = Date.now()
  let detail = ''
  const line = () => {
    const seconds = Math.round((Date.now() - started) / 1000)
    return `${title}${detail && ` · ${detail}`} · ${seconds} s`
  }
  const show = () => process.stderr.write(live ? `\r\x1b[K${line()}` : `${line()}\n`)
  show()
  const timer = setInterval(show, live ? 200 : secondsBetweenPlainLines * 1000)
  return {
    /** @param {string} text */
    detail(text) {
      detail = text
    },
    /** @param {string} outcome e.g. "done" */
    end(outcome) {
      clearInterval(timer)
      detail = outcome
      process.stderr.write(`${live ? '\r\x1b[K' : ''}${line()}\n`)
    },
  }
}
