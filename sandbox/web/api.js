// Talks to the control API. Every function throws an Error whose message is fit for people.

async function ask(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch('/sandbox/' + path, options);
  } catch {
    throw new Error('The sandbox does not answer.');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = new Error(answer.detail || answer.title || 'The sandbox answered ' + response.status + '.');
    error.status = response.status;
    throw error;
  }
  return answer;
}

const box = (rep, rest) => 'mailboxes/' + encodeURIComponent(rep) + '/' + rest;
const query = (values) => '?' + new URLSearchParams(values).toString();

export const users = () => ask('GET', 'users');
export const outbox = () => ask('GET', 'outbox');
export const folders = (rep) => ask('GET', box(rep, 'folders'));
export const items = (rep, values) => ask('GET', box(rep, 'items') + query(values));
export const item = (rep, id) => ask('GET', box(rep, 'items') + query({ id }));
export const create = (rep, fields) => ask('POST', box(rep, 'items'), fields);
export const act = (rep, action, id, more = {}) => ask('POST', box(rep, 'items'), { action, id, ...more });
export const edit = (rep, fields) => ask('PATCH', box(rep, 'items'), fields);
export const remove = (rep, id) => ask('DELETE', box(rep, 'items') + query({ id }));
