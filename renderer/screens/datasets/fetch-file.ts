/** Saves a file that the host offers under a ticket. */
export function fetchFile(ticket: string): void {
  const link = document.createElement('a')
  link.href = `/download/${ticket}`
  link.download = ''
  link.click()
}
