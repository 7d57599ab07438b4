/** What stories about datasets do again and again: import a file, look at cells, read a stored version. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'

/** Chooses a file in the import, as a person does with the file dialog. */
export async function chooseFile(page: Page, path: string): Promise<void> {
  await page.getByLabel('File of the dataset').setInputFiles(path)
}

export const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Rows' })

/** A cell of a row that is on the screen. @param row from 1, as its number says */
export function cell(page: Page, row: number, column: string): Locator {
  return grid(page)
    .locator(`[data-offset="${row - 1}"] [role="gridcell"]`)
    .nth(0)
    .locator(
      `xpath=../*[@aria-colindex=string(//*[@role="columnheader"][@data-head="${column}"]/@aria-colindex)]`,
    )
}

/** Id of the opened dataset, as the address has it. */
export function openedId(page: Page): string {
  return decodeURIComponent(/#\/datasets\/([^/?]+)/.exec(page.url())?.[1] ?? '')
}

/** Rows of a version as its file holds them. */
export function storedRows(
  dataDir: string,
  datasetId: string,
  version: number,
  split: 'train' | 'validation',
): Record<string, unknown>[] {
  const file = join(dataDir, 'datasets', datasetId, 'versions', String(version), `${split}.jsonl`)
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

export interface ShownRow {
  readonly split: string
  readonly cells: readonly string[]
}

/** Every row of the grid, read while it is scrolled from top to bottom. */
export function allRows(page: Page): Promise<readonly ShownRow[]> {
  return page.evaluate(async () => {
    const grid = document.querySelector<HTMLElement>('[role="grid"]')
    if (grid === null) return []
    const total = Number(grid.getAttribute('aria-rowcount')) - 1
    const rows = new Map<number, ShownRow>()
    for (let next = 0, tries = 0; next < total && tries < 5_000; tries += 1) {
      grid.scrollTop = (grid.scrollHeight / total) * Math.max(0, next - 2)
      await new Promise((resolve) => requestAnimationFrame(resolve))
      for (const row of grid.querySelectorAll<HTMLElement>('[data-offset]')) {
        const split = row.querySelector('.split')?.textContent?.trim() ?? ''
        const cells = [...row.querySelectorAll('[data-column]')].map((one) => one.textContent ?? '')
        if (split !== '') rows.set(Number(row.dataset.offset), { split, cells })
      }
      while (rows.has(next)) next += 1
    }
    return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row)
  })
}
