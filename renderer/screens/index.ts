/** The places of the window, in the order of the rail. A place added here has its link, command and shortcut. */
import Boxes from '@lucide/svelte/icons/boxes'
import Database from '@lucide/svelte/icons/database'
import House from '@lucide/svelte/icons/house'
import ListChecks from '@lucide/svelte/icons/list-checks'
import MessageSquare from '@lucide/svelte/icons/message-square'
import PackageOpen from '@lucide/svelte/icons/package-open'
import Play from '@lucide/svelte/icons/play'
import Settings from '@lucide/svelte/icons/settings'
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal'
import type { Component } from 'svelte'
import Home from './home/Home.svelte'

export interface Place {
  /** First part of its address. */
  readonly path: string
  readonly title: string
  readonly icon: Component
  /** Shortcut that leads to it. */
  readonly keys: string
  /** Fetched when it is first shown, so that the window opens before the grid and the charts are there. */
  readonly load: () => Promise<{ default: Component }>
}

/** The window opens with it: fetched apart, its pieces would come one after another. */
const home = Promise.resolve({ default: Home })

export const places: readonly [Place, ...Place[]] = [
  { path: 'home', title: 'Home', icon: House, keys: 'g h', load: () => home },
  { path: 'models', title: 'Models', icon: Boxes, keys: 'g m', load: () => import('./models/Models.svelte') },
  {
    path: 'datasets',
    title: 'Datasets',
    icon: Database,
    keys: 'g d',
    load: () => import('./datasets/Datasets.svelte'),
  },
  {
    path: 'method',
    title: 'Method',
    icon: SlidersHorizontal,
    keys: 'g e',
    load: () => import('./method/Method.svelte'),
  },
  { path: 'train', title: 'Train', icon: Play, keys: 'g t', load: () => import('./train/Train.svelte') },
  { path: 'runs', title: 'Runs', icon: ListChecks, keys: 'g r', load: () => import('./runs/Runs.svelte') },
  {
    path: 'playground',
    title: 'Playground',
    icon: MessageSquare,
    keys: 'g p',
    load: () => import('./playground/Playground.svelte'),
  },
  {
    path: 'export',
    title: 'Export',
    icon: PackageOpen,
    keys: 'g x',
    load: () => import('./export/Export.svelte'),
  },
  {
    path: 'settings',
    title: 'Settings',
    icon: Settings,
    keys: 'g s',
    load: () => import('./settings/Settings.svelte'),
  },
]
