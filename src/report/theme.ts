/** One look for pictures: neutral dark, so that colours are judged by themselves. */
export const THEME = {
  background: '#1b1d21',
  panel: '#0c0d0f',
  text: '#e6e7e9',
  faint: '#9a9ea6',
  line: '#3a3e45',
  font: "'DejaVu Sans', Verdana, Arial, sans-serif",
} as const;
