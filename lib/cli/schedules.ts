/** How the learning rate may go on from its first value: along half a cosine to nothing, or not at all. */
export const schedules = ['cosine', 'constant'] as const;
