/** Short messages about something that has happened, with at most one action such as "Undo". */

export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'info' | 'good' | 'bad'
  readonly action?: { readonly label: string; readonly run: () => void }
}

const shownMs = 6_000

class Toasts {
  list = $state.raw<readonly Toast[]>([])
  #next = 1

  show(toast: Omit<Toast, 'id'>): void {
    const id = this.#next++
    this.list = [...this.list.slice(-2), { ...toast, id }]
    // What failed stays until it is closed.
    if (toast.tone !== 'bad') setTimeout(() => this.close(id), shownMs)
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
