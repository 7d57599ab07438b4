/** The address of a comparison holds all of it: a reload, a link and the back button show the same. */
import type { ComparisonView } from '../../../../electron/contract/compare.ts'
import { curveAxisKeys } from './axes.ts'

export const usualView: ComparisonView = {
  axis: 'step',
  smoothing: 1,
  logX: false,
  logY: false,
  clipOutliers: true,
  groupBy: null,
  hidden: [],
}

const separator = ','

/** Parameters of an address; what is as usual is left out. */
export function viewParams(view: ComparisonView): Record<string, string | undefined> {
  return {
    axis: view.axis === usualView.axis ? undefined : view.axis,
    smooth: view.smoothing === usualView.smoothing ? undefined : String(view.smoothing),
    logx: view.logX ? '1' : undefined,
    logy: view.logY ? '1' : undefined,
    clip: view.clipOutliers ? undefined : '0',
    group: view.groupBy ?? undefined,
    hide: view.hidden.length === 0 ? undefined : view.hidden.join(separator),
  }
}

/** The view of an address; what does not make sense is as usual. */
export function viewOf(param: (name: string) => string | undefined): ComparisonView {
  const smoothing = Number(param('smooth') ?? usualView.smoothing)
  return {
    axis: curveAxisKeys.find((key) => key === param('axis')) ?? usualView.axis,
    smoothing: smoothing >= 1 && smoothing <= 100_000 ? smoothing : usualView.smoothing,
    logX: param('logx') === '1',
    logY: param('logy') === '1',
    clipOutliers: param('clip') !== '0',
    groupBy: param('group') ?? null,
    hidden: idsOf(param('hide')),
  }
}

/** Ids in the order given, each once. */
export function idsOf(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(separator).filter(Boolean))]
}
