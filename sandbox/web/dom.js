// Small helpers. Text from mailboxes only ever becomes text nodes, so no subject line can become markup.

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== null && child !== false) node.append(child);
  }
  return node;
}

export const byId = (id) => document.getElementById(id);

export function categoryChip(name) {
  const word = name.toLowerCase();
  const colour = word.includes('overdue')
    ? 'red'
    : word.includes('done') || word.includes('completed')
      ? 'green'
      : word.includes('planned')
        ? 'blue'
        : '';
  return make('span', { class: 'chip ' + colour, title: name }, name);
}

export function importanceMark(item) {
  if (item.importance === 'High') return make('span', { class: 'high', title: 'High importance' }, '!');
  if (item.importance === 'Low') return make('span', { class: 'low', title: 'Low importance' }, '↓');
  return null;
}

const pad = (number) => String(number).padStart(2, '0');
export const dayKey = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
export const localInput = (iso) => {
  const date = new Date(iso);
  return `${dayKey(date)}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
};
export const clock = (date) => date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
export const longDay = (date) =>
  date.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
export const shortDay = (date) =>
  date.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' });

/** The day of a date that Exchange keeps as a midnight: in UTC when it is midnight there, else here. */
export function dateOf(iso) {
  return iso.endsWith('T00:00:00Z') ? iso.slice(0, 10) : dayKey(new Date(iso));
}
export const dayStart = (key) => {
  const [year, month, day] = key.split('-').map(Number);
  return new Date(year, month - 1, day);
};

let noticeTimer = 0;
export function notice(text, bad = false) {
  const node = byId('notice');
  node.textContent = text;
  node.className = 'shown' + (bad ? ' bad' : '');
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(
    () => {
      node.className = '';
    },
    bad ? 6000 : 2500,
  );
}

/** Name and address out of the `<t:Mailbox>` elements of a property. */
export function mailboxes(property) {
  if (!property || !property.xml) return [];
  const wrapped = '<r xmlns:t="t">' + property.xml + '</r>';
  const parsed = new DOMParser().parseFromString(wrapped, 'application/xml');
  return [...parsed.getElementsByTagNameNS('t', 'Mailbox')].map((node) => {
    const text = (tag) => node.getElementsByTagNameNS('t', tag)[0]?.textContent || '';
    const name = text('Name');
    const address = text('EmailAddress');
    return {
      name: name || address,
      address,
      full: name && address && name !== address ? `${name} <${address}>` : address || name,
    };
  });
}
