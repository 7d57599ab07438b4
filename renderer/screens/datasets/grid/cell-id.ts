/** Names of cells for readers of the screen: the grid tells which one the cursor is on. */

/** @param column among those shown; −1 is the row's number */
export const cellId = (offset: number, column: number) => `cell-${offset}-${column < 0 ? 'number' : column}`
