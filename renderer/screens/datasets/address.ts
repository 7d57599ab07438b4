/** Addresses of the datasets screen. */
import { href, router } from '../../state/router.svelte.ts'

export const panels = ['row', 'quality', 'setup', 'versions'] as const
export type Panel = (typeof panels)[number]

export function panelOf(text: string | undefined): Panel {
  return panels.find((panel) => panel === text) ?? 'row'
}

interface SheetPlace {
  readonly panel?: Panel
  /** A version instead of the working rows. */
  readonly version?: number | undefined
  /** A row to show. */
  readonly row?: number
}

/** A dataset opened as rows. */
export function sheetHref(datasetId: string, { panel, version, row }: SheetPlace = {}): string {
  const path = `datasets/${encodeURIComponent(datasetId)}${panel === undefined ? '' : `/${panel}`}`
  return href(path, {
    ...(version === undefined ? {} : { version: String(version) }),
    ...(row === undefined ? {} : { row: String(row) }),
  })
}

/** What differs between two versions. */
export function diffHref(datasetId: string, from: string, to: string): string {
  return href(`datasets/${encodeURIComponent(datasetId)}/diff`, { from, to })
}

/** Another panel of the inspector, without a step in the history. */
export function showPanel(panel: Panel): void {
  const [, search = ''] = window.location.hash.split('?')
  const [id = ''] = router.rest
  const place = `#/datasets/${encodeURIComponent(id)}/${panel}`
  window.location.replace(search === '' ? place : `${place}?${search}`)
}

export function goTo(address: string): void {
  window.location.hash = address
}
