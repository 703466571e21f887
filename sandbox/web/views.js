// The lists in the middle: what rows a view shows and in which groups.
import {
  categoryChip,
  clock,
  dateOf,
  dayKey,
  dayStart,
  importanceMark,
  longDay,
  mailboxes,
  make,
  shortDay,
} from './dom.js';

const inBin = (item) => (item.folder || '').startsWith('Deleted Items');

function chips(item) {
  return (item.categories || []).map(categoryChip);
}

function row(item, state, handlers, options) {
  const button = make(
    'button',
    {
      type: 'button',
      class: 'open',
      'data-id': item.id,
      'aria-current': state.chosen === item.id ? 'true' : undefined,
      onclick: () => handlers.open(item),
    },
    make(
      'span',
      { class: 'first' },
      options.lead,
      make('span', { class: 'subject' }, options.title || '(no subject)'),
      importanceMark(item),
      options.when && make('span', { class: 'when' }, options.when),
    ),
    make('span', { class: 'second' }, options.second, chips(item)),
  );
  return make(
    'div',
    { class: ['row', options.style, state.chosen === item.id && 'chosen'].filter(Boolean).join(' ') },
    options.before,
    button,
  );
}

function grouped(groups) {
  const out = document.createDocumentFragment();
  for (const [title, rows, style] of groups) {
    if (rows.length === 0) continue;
    if (title) out.append(make('div', { class: 'group ' + (style || '') }, title));
    out.append(...rows);
  }
  return out.childNodes.length > 0 ? out : make('p', { class: 'empty' }, 'Nothing here.');
}

function taskRow(item, state, handlers) {
  const done = item.status === 'Completed';
  const status = { InProgress: 'In progress', WaitingOnOthers: 'Waiting', Deferred: 'Deferred' }[item.status];
  return row(item, state, handlers, {
    title: item.subject,
    style: done ? 'done' : '',
    when: item.due ? shortDay(dayStart(dateOf(item.due))) : '',
    second: [status && make('span', {}, item.percent ? `${status}, ${item.percent} %` : status)],
    before: make(
      'button',
      {
        type: 'button',
        class: 'check',
        title: done ? 'Completed' : 'Mark complete',
        disabled: done,
        'aria-label': (done ? 'Completed: ' : 'Complete: ') + (item.subject || 'task'),
        onclick: () => handlers.complete(item),
      },
      '✓',
    ),
  });
}

export function tasks(items, state, handlers) {
  const today = dayKey(new Date());
  const groups = { Overdue: [], Today: [], Later: [], 'No date': [], Done: [] };
  const sorted = items
    .filter((item) => !inBin(item))
    .sort((a, b) => (a.due || '9').localeCompare(b.due || '9'));
  for (const item of sorted) {
    const due = item.due && dateOf(item.due);
    const group =
      item.status === 'Completed'
        ? 'Done'
        : !due
          ? 'No date'
          : due < today
            ? 'Overdue'
            : due === today
              ? 'Today'
              : 'Later';
    groups[group].push(taskRow(item, state, handlers));
  }
  return grouped(
    Object.entries(groups).map(([title, rows]) => [title, rows, title === 'Today' ? 'today' : '']),
  );
}

function appointmentRow(item, state, handlers) {
  const time = item.all_day ? 'all day' : `${clock(new Date(item.start))} – ${clock(new Date(item.end))}`;
  const meeting = item.properties && item.properties['calendar:IsMeeting'] === 'true';
  return row(item, state, handlers, {
    title: item.subject,
    second: [item.location && make('span', {}, item.location), meeting && make('span', {}, 'meeting')],
    before: make('span', { class: 'time' }, time),
  });
}

export function weekStart(offset) {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - ((now.getDay() + 6) % 7) + 7 * offset);
}

export function calendar(items, state, handlers) {
  const first = weekStart(state.week);
  const today = dayKey(new Date());
  const days = [];
  for (let i = 0; i < 7; ++i) days.push(new Date(first.getFullYear(), first.getMonth(), first.getDate() + i));
  const shown = items.filter((item) => !inBin(item) && item.start && item.end);
  shown.sort(
    (a, b) => Number(b.all_day || false) - Number(a.all_day || false) || a.start.localeCompare(b.start),
  );
  return grouped(
    days.map((day) => {
      const key = dayKey(day);
      const rows = shown
        .filter((item) => {
          if (!item.all_day) {
            const next = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
            const start = new Date(item.start);
            return start < next && (new Date(item.end) > day || start >= day);
          }
          return dateOf(item.start) <= key && (key < dateOf(item.end) || dateOf(item.start) === key);
        })
        .map((item) => appointmentRow(item, state, handlers));
      return [longDay(day) + (key === today ? ' · today' : ''), rows, key === today ? 'today' : ''];
    }),
  );
}

export function contacts(items, state, handlers) {
  const named = items
    .filter((item) => !inBin(item))
    .map((item) => ({ item, name: item.display_name || item.file_as || item.subject || item.email || '' }));
  named.sort((a, b) => a.name.localeCompare(b.name));
  const groups = new Map();
  for (const { item, name } of named) {
    const letter = (name[0] || '#').toUpperCase();
    if (!groups.has(letter)) groups.set(letter, []);
    const initials = name
      .split(/\s+/)
      .map((word) => word[0] || '')
      .slice(0, 2)
      .join('')
      .toUpperCase();
    groups.get(letter).push(
      row(item, state, handlers, {
        title: name || '(no name)',
        second: [
          make('span', {}, [item.job_title, item.company].filter(Boolean).join(', ')),
          item.email && make('span', {}, item.email),
        ],
        before: make('span', { class: 'avatar', 'aria-hidden': 'true' }, initials || '?'),
      }),
    );
  }
  return grouped([...groups.entries()]);
}

export function folder(items, state, handlers, total) {
  const rows = items.map((item) => {
    if (item.kind !== 'message') {
      return row(item, state, handlers, {
        title: item.subject || item.display_name,
        second: [make('span', {}, item.kind)],
      });
    }
    const from = mailboxes(item.properties['message:From'])[0];
    const when = item.received && new Date(item.received);
    return row(item, state, handlers, {
      title: item.subject,
      style: item.is_read === false ? 'unread' : '',
      when: when ? (dayKey(when) === dayKey(new Date()) ? clock(when) : shortDay(when)) : '',
      second: [
        make('span', { class: 'who' }, from ? from.name : '(no sender)'),
        item.attachments.some((one) => !one.is_inline) && make('span', { title: 'Has attachments' }, '📎'),
      ],
    });
  });
  const out = make('div', {}, grouped([['', rows]]));
  if (items.length < total) {
    out.append(
      make(
        'p',
        { class: 'empty' },
        make(
          'button',
          { type: 'button', class: 'plain', onclick: handlers.more },
          `Show more (${items.length} of ${total})`,
        ),
      ),
    );
  }
  return out;
}
