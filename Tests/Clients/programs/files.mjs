// files.mjs FILE…: as files.sh, with what a browser would send.
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

const { PLACET_URL, API_KEY, CHANNEL_ID, COPIES } = process.env;
const headers = { 'x-api-key': API_KEY };

const ids = [];
for (const file of process.argv.slice(2)) {
  const form = new FormData();
  form.append('file', new Blob([await readFile(file)]), basename(file));
  form.append('channelId', CHANNEL_ID);
  const answer = await fetch(`${PLACET_URL}/api/v1/files/store`, { method: 'POST', headers, body: form });
  ids.push((await answer.json()).id);
}

const message = await fetch(`${PLACET_URL}/api/v1/messages`, {
  method: 'POST',
  headers: { ...headers, 'Content-Type': 'application/json' },
  body: JSON.stringify({ channelId: CHANNEL_ID, text: 'The logs', attachmentIds: ids }),
});
console.log(JSON.stringify(await message.json()));

for (const id of ids) {
  const answer = await fetch(`${PLACET_URL}/api/v1/files/${id}/download`, { headers });
  await writeFile(`${COPIES}/${id}`, Buffer.from(await answer.arrayBuffer()));
  console.log(`${COPIES}/${id}`);
}
