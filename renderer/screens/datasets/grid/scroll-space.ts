/**
 * Rows of any number in an element of limited height. Browsers stop at about 17 to 33 million pixels; a million rows may
 * need more. Beyond a limit the middle of the scroll bar is stretched, while both ends stay pixel by pixel, so that the
 * first and the last row are reached exactly.
 */

export interface ScrollSpace {
  /** Height of the scrolled element, pixels. */
  readonly height: number
  /** How far down in the rows the view is when the element is scrolled to `top`. */
  toRows(top: number): number
  /** Where the element is scrolled to when the view is `depth` pixels down in the rows. */
  toTop(depth: number): number
}

const mostPixels = 15_000_000
const exactPixels = 1_000_000

/**
 * @param total height of all rows, pixels
 * @param most height that an element may have; `exact` of it at each end is not stretched
 */
export function scrollSpace(total: number, most = mostPixels, exact = exactPixels): ScrollSpace {
  if (total <= most) return { height: total, toRows: (top) => top, toTop: (depth) => depth }
  const slope = (total - 2 * exact) / (most - 2 * exact)
  return {
    height: most,
    toRows(top) {
      if (top <= exact) return top
      if (top >= most - exact) return total - (most - top)
      return exact + (top - exact) * slope
    },
    toTop(depth) {
      if (depth <= exact) return depth
      if (depth >= total - exact) return most - (total - depth)
      return exact + (depth - exact) / slope
    },
  }
}

/** Where the view stands in the rows while the element is scrolled. */
export interface Place {
  /** Pixels down in the rows; whole. */
  readonly depth: number
  /** Scroll position of the element that goes with it. */
  readonly top: number
}

/**
 * The place after the element was scrolled. A small step moves the rows by as many pixels, as everywhere; a leap (the
 * scroll bar was dragged) goes where the bar points.
 */
export function scrolled(space: ScrollSpace, from: Place, top: number, total: number, view: number): Place {
  const step = top - from.top
  const wanted = Math.abs(step) > 2 * view ? space.toRows(top) : from.depth + step
  const depth = Math.round(Math.min(Math.max(wanted, 0), Math.max(0, total - view)))
  return { depth, top }
}
