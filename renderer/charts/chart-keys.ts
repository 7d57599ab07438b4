/** The keyboard of a chart. */

export interface ChartActions {
  moveCursor(direction: 1 | -1): void
  moveCurve(direction: 1 | -1): void
  zoom(factor: number): void
  /** Moves the view by a share of its width. */
  pan(share: number): void
  showAll(): void
  leave(): void
}

const panShare = 0.2
const zoomFactor = 1.5

/** @returns whether the key meant something */
export function chartKeys(event: KeyboardEvent, actions: ChartActions): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  switch (event.key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      const direction = event.key === 'ArrowRight' ? 1 : -1
      if (event.shiftKey) actions.pan(direction * panShare)
      else actions.moveCursor(direction)
      return true
    }
    case 'ArrowUp':
    case 'ArrowDown':
      actions.moveCurve(event.key === 'ArrowDown' ? 1 : -1)
      return true
    case '+':
    case '=':
      actions.zoom(zoomFactor)
      return true
    case '-':
      actions.zoom(1 / zoomFactor)
      return true
    case '0':
    case 'Home':
      actions.showAll()
      return true
    case 'Escape':
      actions.leave()
      // Escape may also close what the chart stands in.
      return false
    default:
      return false
  }
}
