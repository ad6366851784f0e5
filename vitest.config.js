export default {
  cacheDir: '.venv/front/cache',
  test: {
    dir: 'tests/front',
    env: { TZ: 'UTC' }, // the browser's time zone, for hours and days
    isolate: false,
    reporters: ['dot'],
    fsModuleCachePath: '.venv/front/cache',
  },
};
