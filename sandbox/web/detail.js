// The pane on the right: a mail to read, or a form to edit a task, an appointment or a contact.
import * as api from './api.js';
import { byId, categoryChip, dateOf, dayKey, localInput, mailboxes, make, notice } from './dom.js';

const levels = ['Low', 'Normal', 'High'];
const privacy = ['Normal', 'Personal', 'Private', 'Confidential'];
const forms = {
  task: [
    ['subject', 'Subject', 'text', 'wide'],
    ['due', 'Due', 'date'],
    ['start_date', 'Start', 'date'],
    ['status', 'Status', ['NotStarted', 'InProgress', 'Completed', 'WaitingOnOthers', 'Deferred']],
    ['percent', '% complete', 'number'],
    ['importance', 'Importance', levels],
    ['sensitivity', 'Sensitivity', privacy],
    ['actual_work', 'Time worked, minutes', 'number'],
    ['mileage', 'Mileage', 'text'],
    ['categories', 'Categories, separated by commas', 'list', 'wide'],
    ['body', 'Notes', 'area', 'wide'],
  ],
  appointment: [
    ['subject', 'Subject', 'text', 'wide'],
    ['location', 'Location', 'text', 'wide'],
    ['start', 'Start', 'time'],
    ['end', 'End', 'time'],
    ['show_as', 'Show as', ['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere']],
    ['all_day', 'All day', 'flag'],
    ['importance', 'Importance', levels],
    ['sensitivity', 'Sensitivity', privacy],
    ['categories', 'Categories, separated by commas', 'list', 'wide'],
    ['body', 'Notes', 'area', 'wide'],
  ],
  contact: [
    ['given_name', 'Given name', 'text'],
    ['surname', 'Surname', 'text'],
    ['company', 'Company', 'text'],
    ['job_title', 'Job title', 'text'],
    ['email', 'E-mail', 'text', 'wide'],
    ['email2', 'Second e-mail', 'text', 'wide'],
    ['business_phone', 'Business phone', 'text'],
    ['mobile_phone', 'Mobile phone', 'text'],
    ['street', 'Street', 'text', 'wide'],
    ['postal_code', 'Postal code', 'text', 'third'],
    ['city', 'City', 'text', 'third'],
    ['country', 'Country', 'text', 'third'],
    ['categories', 'Categories, separated by commas', 'list', 'wide'],
    ['body', 'Notes', 'area', 'wide'],
  ],
};

/** What is being shown: null, or {item, form, shown: values at the time of reading}. */
let current = null;
let handlers = {};

export const start = (given) => {
  handlers = given;
};
export const isDirty = () => Boolean(current && current.form && changedFields().length > 0);
export const shownItem = () => current && current.item;

function shownValue(item, [name, , type]) {
  if (type === 'list') return (item.categories || []).join(', ');
  if (type === 'flag') return Boolean(item[name]);
  if (type === 'date') return item[name] ? dateOf(item[name]) : '';
  if (type === 'time') return item[name] ? localInput(item[name]) : '';
  if (type === 'area') return (item.body || '').replace(/\r\n/g, '\n');
  return item[name] === undefined ? '' : String(item[name]);
}

function control(field, value) {
  const [name, , type] = field;
  if (Array.isArray(type)) {
    const node = make(
      'select',
      { name },
      type.map((choice) => make('option', { value: choice }, choice)),
    );
    node.value = value || (type.includes('Normal') ? 'Normal' : type[0]);
    return node;
  }
  if (type === 'area') {
    const node = make('textarea', { name });
    node.value = value;
    return node;
  }
  if (type === 'flag') return make('input', { name, type: 'checkbox', checked: value });
  const kind = { date: 'date', time: 'datetime-local', number: 'number' }[type] || 'text';
  const node = make('input', {
    name,
    type: kind,
    autocomplete: 'off',
    min: type === 'number' ? 0 : undefined,
    max: name === 'percent' ? 100 : undefined,
    required: type === 'time',
  });
  node.value = value;
  return node;
}

const valueOf = (node) => (node.type === 'checkbox' ? node.checked : node.value);

function changedFields() {
  return current.fields.filter(([name]) => valueOf(current.form.elements[name]) !== current.shown[name]);
}

function sentValue([name, , type], node) {
  if (type === 'flag') return node.checked;
  if (type === 'list')
    return node.value
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean);
  if (type === 'area') return node.value.replace(/\r?\n/g, '\r\n');
  if (type === 'number') return node.value === '' ? null : Number(node.value);
  if (type === 'time') return new Date(node.value).toISOString();
  if (type === 'date') return node.value || null;
  return node.value === '' && name !== 'subject' ? null : node.value;
}

async function save(event) {
  event.preventDefault();
  const fields = {};
  for (const field of current.item.id ? changedFields() : current.fields) {
    const value = sentValue(field, current.form.elements[field[0]]);
    if (current.item.id || value !== null) fields[field[0]] = value;
  }
  if (fields.all_day && current.form.elements.start) {
    // whole days, from midnight to midnight
    fields.start = current.form.elements.start.value.slice(0, 10);
    const last = new Date(current.form.elements.end.value.slice(0, 10) + 'T00:00:00Z');
    if (dateOf(last.toISOString()) <= fields.start) last.setUTCDate(last.getUTCDate() + 1);
    fields.end = last.toISOString();
  }
  const rep = current.rep;
  try {
    const saved = current.item.id
      ? await api.edit(rep, {
          id: current.item.id,
          change_key: current.force ? undefined : current.item.change_key,
          ...fields,
        })
      : await api.create(rep, { kind: current.item.kind, folder: current.item.folder, ...fields });
    notice('Saved.');
    show(rep, await api.item(rep, saved.id));
    handlers.changed(saved.id);
  } catch (error) {
    if (error.status === 412) warnOfChange();
    else notice(error.message, true);
  }
}

function warnOfChange() {
  if (current.warned) return;
  current.warned = true;
  current.form.prepend(
    make(
      'p',
      { class: 'warn' },
      'This item was changed elsewhere meanwhile.',
      make(
        'button',
        { type: 'button', class: 'plain small', onclick: () => open(current.rep, current.item.id) },
        'Show theirs',
      ),
      make(
        'button',
        {
          type: 'button',
          class: 'plain small',
          onclick: () => {
            current.force = true;
            current.form.requestSubmit();
          },
        },
        'Keep mine',
      ),
    ),
  );
}

async function run(work, text) {
  try {
    const result = await work();
    notice(text);
    return result;
  } catch (error) {
    notice(error.message, true);
    return undefined;
  }
}

export async function removeShown() {
  if (!current || !current.item.id) return;
  const { rep, item } = current;
  if (await run(() => api.remove(rep, item.id), 'Deleted.')) {
    close();
    handlers.changed(null);
  }
}

export async function completeShown() {
  if (!current || current.item.kind !== 'task' || !current.item.id) return;
  const { rep, item } = current;
  const done = await run(() => api.act(rep, 'complete', item.id), 'Completed.');
  if (done) {
    open(rep, done.id);
    handlers.changed(done.id);
  }
}

function technical(item) {
  const list = make('dl', { class: 'facts' });
  const add = (name, value) =>
    list.append(
      make('dt', {}, name),
      make('dd', {}, typeof value === 'string' ? value : JSON.stringify(value)),
    );
  add('folder', item.folder || '');
  add('class', item.item_class || '');
  add('change key', item.change_key || '');
  for (const [key, values] of Object.entries(item.extended || {})) add(key, values.join(', '));
  for (const [key, value] of Object.entries(item.properties || {}))
    add(key, value.xml !== undefined ? value.xml : value);
  return make('details', {}, make('summary', {}, 'All properties'), list);
}

function mailPane(item) {
  const facts = make('dl', { class: 'facts' });
  const add = (name, value) => value && facts.append(make('dt', {}, name), make('dd', {}, value));
  for (const [name, key] of [
    ['From', 'From'],
    ['To', 'ToRecipients'],
    ['Cc', 'CcRecipients'],
    ['Bcc', 'BccRecipients'],
  ]) {
    add(
      name,
      mailboxes(item.properties['message:' + key])
        .map((one) => one.full)
        .join('; '),
    );
  }
  add('Received', item.received && new Date(item.received).toLocaleString());
  add('Attachments', item.attachments.map((one) => `${one.name} (${one.size} bytes)`).join('; '));
  const move = make(
    'select',
    {
      'aria-label': 'Move to folder',
      onchange: async () => {
        const moved = await run(
          () => api.act(current.rep, 'move', item.id, { folder: move.value }),
          'Moved.',
        );
        if (moved) {
          close();
          handlers.changed(null);
        }
      },
    },
    make('option', { value: '' }, 'Move to…'),
    handlers
      .folders()
      .filter((one) => one.id !== item.folder_id)
      .map((one) => make('option', { value: one.id }, one.path)),
  );
  return [
    make('h2', {}, item.subject || '(no subject)'),
    make('p', {}, (item.categories || []).map(categoryChip)),
    facts,
    make(
      'div',
      { class: 'actions' },
      move,
      make(
        'button',
        {
          type: 'button',
          class: 'plain',
          onclick: async () => {
            const changed = await run(
              () => api.edit(current.rep, { id: item.id, is_read: item.is_read === false }),
              'Saved.',
            );
            if (changed) {
              open(current.rep, changed.id);
              handlers.changed(changed.id);
            }
          },
        },
        item.is_read === false ? 'Mark read' : 'Mark unread',
      ),
      make('button', { type: 'button', class: 'danger', onclick: removeShown }, 'Delete'),
    ),
    make('div', { class: 'body' }, item.body || '(no text)'),
    technical(item),
  ];
}

function formPane(item) {
  const fields = forms[item.kind];
  const form = make('form', { onsubmit: save });
  for (const field of fields) {
    const [, label, type, width] = field;
    form.append(
      make(
        'label',
        { class: [width, type === 'flag' && 'flag'].filter(Boolean).join(' ') },
        type === 'flag' ? null : label,
        control(field, shownValue(item, field)),
        type === 'flag' ? label : null,
      ),
    );
  }
  form.append(
    make(
      'div',
      { class: 'actions' },
      make('button', { type: 'submit', class: 'primary' }, item.id ? 'Save' : 'Create'),
      item.id && item.kind === 'task' && item.status !== 'Completed'
        ? make(
            'button',
            { type: 'button', class: 'plain', title: 'Complete (c)', onclick: completeShown },
            'Complete',
          )
        : null,
      make('button', { type: 'button', class: 'plain', onclick: close }, 'Close'),
      make('span', { class: 'spacer' }),
      item.id ? make('button', { type: 'button', class: 'danger', onclick: removeShown }, 'Delete') : null,
    ),
  );
  current.form = form;
  current.fields = fields;
  current.shown = Object.fromEntries(fields.map(([name]) => [name, valueOf(form.elements[name])]));
  const title = item.id ? item.subject || item.display_name || '(no subject)' : `New ${item.kind}`;
  return [make('h2', {}, title), form, item.id ? technical(item) : null];
}

export function show(rep, item) {
  current = { rep, item, form: null, fields: [], shown: {}, warned: false, force: false };
  const parts = forms[item.kind] ? formPane(item) : mailPane(item);
  byId('detail').replaceChildren(...parts.filter(Boolean));
}

export async function open(rep, id) {
  try {
    show(rep, await api.item(rep, id));
  } catch (error) {
    notice(error.message, true);
  }
}

export function close() {
  current = null;
  byId('detail').replaceChildren(make('p', { class: 'empty' }, 'Choose an item to see it here.'));
  handlers.closed();
}

export function startNew(rep, kind, folder) {
  const item = { kind, folder, categories: [] };
  if (kind === 'appointment') {
    const hour = new Date(Math.ceil(Date.now() / 3600000) * 3600000);
    item.start = hour.toISOString();
    item.end = new Date(hour.getTime() + 3600000).toISOString();
    item.show_as = 'Busy';
  }
  if (kind === 'task') item.due = dayKey(new Date()) + 'T00:00:00Z';
  show(rep, item);
  byId('detail').querySelector('input').focus();
}

/** After a refresh of the list: the shown item as it is now, or null when it is gone from there. */
export async function refreshed(rep) {
  if (!current || !current.item.id || current.rep !== rep) return;
  const { id, change_key: key } = current.item;
  let now;
  try {
    now = await api.item(rep, id);
  } catch (error) {
    if (error.status === 404 && !isDirty() && current && current.item.id === id) close();
    return;
  }
  if (!current || current.item.id !== id || now.change_key === key) return;
  const editing =
    isDirty() ||
    (byId('detail').contains(document.activeElement) &&
      document.activeElement.matches('input, textarea, select'));
  if (current.form && editing) warnOfChange();
  else show(rep, now);
}
