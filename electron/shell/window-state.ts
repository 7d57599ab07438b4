/** Where the window was when it was closed, as long as that is still on a screen. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const stateSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() }),
  maximized: z.boolean(),
  fullScreen: z.boolean(),
})
export type WindowState = z.infer<typeof stateSchema>

/** The layout holds down to here: no text is cut at 1024 × 700. */
export const smallest = { width: 1024, height: 700 }
const usual = { width: 1360, height: 860 }
/** So much of the title bar must be on a screen for the window to be got hold of. */
const grip = { width: 120, height: 40 }

/** @returns undefined when there is none or it is damaged: the window then opens as the first time */
export function storedWindowState(file: string): WindowState | undefined {
  if (!existsSync(file)) return undefined
  try {
    return stateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}

/**
 * Bounds for a new window.
 * @param screens work areas of the displays, the primary one first
 */
export function boundsFor(state: WindowState | undefined, screens: readonly [Area, ...Area[]]): Area {
  const [primary] = screens
  const screen = state && screens.find((area) => holds(area, state.bounds))
  if (state === undefined || screen === undefined) return centred(primary)
  const { x, y, width, height } = state.bounds
  return { x, y, width: Math.min(width, screen.width), height: Math.min(height, screen.height) }
}

function holds(screen: Area, { x, y, width }: Area): boolean {
  const visible = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x)
  return visible >= grip.width && y >= screen.y && y + grip.height <= screen.y + screen.height
}

function centred(screen: Area): Area {
  const width = Math.min(usual.width, screen.width)
  const height = Math.min(usual.height, screen.height)
  const x = screen.x + Math.floor((screen.width - width) / 2)
  const y = screen.y + Math.floor((screen.height - height) / 2)
  return { x, y, width, height }
}
