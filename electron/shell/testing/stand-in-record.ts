/** What the shell asked the person or the system for, in order. */
export const asked: { readonly what: string; readonly options: unknown }[] = []
