export default {
  cacheDir: '.venv/front/cache',
  test: { dir: 'tests/front', isolate: false, reporters: ['dot'], fsModuleCachePath: '.venv/front/cache' },
};
