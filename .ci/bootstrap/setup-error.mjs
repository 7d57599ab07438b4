/** A failure of the set-up, told as one sentence of what happened and one of what to do. */
export class SetupError extends Error {
  name = 'SetupError'

  /**
   * @param {string} message what happened and why
   * @param {string} hint what the person can do now
   */
  constructor(message, hint) {
    super(message)
    this.hint = hint
  }
}
