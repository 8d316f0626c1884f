/** How a caller speaks. */
export type Dialect = 'modern' | 'legacy' | 'rest';
