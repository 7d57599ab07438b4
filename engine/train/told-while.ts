/** Work that tells something while it goes on, as a generator: what it tells is yielded, what it comes to is returned. */

/**
 * @param work gets a function that takes what is to be yielded; it may be called until the work ends
 * @throws what the work throws, after everything it told has been yielded
 */
export async function* toldWhile<Told, Result>(
  work: (tell: (told: Told) => void) => Promise<Result>,
): AsyncGenerator<Told, Result> {
  const waiting: Told[] = []
  let wake = Promise.withResolvers<void>()
  let ended = false
  const result = work((told) => {
    waiting.push(told)
    wake.resolve()
  }).finally(() => {
    ended = true
    wake.resolve()
  })
  // Whoever awaits the result learns of its failure; nobody may be awaiting it yet.
  result.catch(() => undefined)
  while (!ended || waiting.length > 0) {
    await wake.promise
    wake = Promise.withResolvers()
    yield* waiting.splice(0)
  }
  return result
}
