// A page that could not be drawn: it asks again by itself, and opens as soon as the server draws it.

const [FIRST, LAST] = [4000, 60000]; // ms between two askings: longer each time

/** @param {number} wait */
const ask = (wait) =>
  setTimeout(
    async () => {
      const signal = AbortSignal.timeout(LAST);
      const response = await fetch(location.href, { cache: 'no-store', signal }).catch(() => null);
      if (response && response.status !== 503) location.reload();
      else ask(Math.min(2 * wait, LAST));
    },
    wait * (0.5 + Math.random()), // a whole room does not ask at once
  );
ask(FIRST);
