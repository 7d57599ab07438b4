/** What a desktop shell can do for the host; a headless host has none. */

export interface Desktop {
  /** @returns undefined when the person chose none */
  pickFolder(title: string): Promise<string | undefined>
  /** @param extensions without the dot; empty = any file */
  pickFiles(title: string, extensions: readonly string[]): Promise<string[]>
  reveal(path: string): void
  /** @throws StudioError `bad-argument` unless it is a web page over https */
  openExternal(url: string): Promise<void>
}
