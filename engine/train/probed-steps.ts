/** How many steps a probe measures, after one that warms up. */
export const PROBED_STEPS = 2
