// A file sent to the server from a form: `<form data-upload action=URL data-largest=BYTES>` with one file field.

// Sends the form's file; answers what the server said, or null once the form says why not.
export async function upload(form) {
  const said = form.querySelector('.said');
  const button = form.querySelector('button');
  const [file] = form.querySelector('[type=file]').files;
  said.textContent = '';
  if (!file) return say(said, 'choose');
  if (file.size > +form.dataset.largest) return say(said, 'large');
  button.disabled = true;
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: file,
    });
    const answer = await response.json();
    if (response.ok) return answer;
    said.textContent = answer.refused;
  } catch {
    say(said, 'retry');
  } finally {
    button.disabled = false;
  }
  return null;
}

function say(said, name) {
  said.textContent = said.dataset['w' + name[0].toUpperCase() + name.slice(1)];
  return null;
}
