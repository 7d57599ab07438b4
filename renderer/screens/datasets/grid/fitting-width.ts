/** The width at which the texts of a column that are on the screen fit. */

const widest = 640
const air = 18

/** @param column its place among those shown */
export function fittingWidth(grid: HTMLElement | undefined, column: number): number {
  const cells = grid?.querySelectorAll<HTMLElement>(`[data-column="${column}"] > *`) ?? []
  const canvas = document.createElement('canvas').getContext('2d')
  let width = 120
  for (const cell of cells) {
    if (canvas === null) break
    canvas.font = getComputedStyle(cell).font
    for (const line of (cell.textContent ?? '').slice(0, 2_000).split('\n'))
      width = Math.max(width, canvas.measureText(line).width + air)
  }
  return Math.min(widest, Math.ceil(width))
}
